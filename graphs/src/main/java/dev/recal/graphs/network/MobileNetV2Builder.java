package dev.recal.graphs.network;

import dev.recal.ops.SpatialLayer;
import java.util.List;
import java.util.Optional;

/** Changes single settings of a {@link MobileNetV2}; {@link MobileNetV2#with} starts one. */
public final class MobileNetV2Builder extends NetworkBuilder<MobileNetV2Builder> {

  private List<InvertedStage> stages =
      List.of(
          new InvertedStage(1, 16, 1, 1),
          new InvertedStage(6, 24, 2, 2),
          new InvertedStage(6, 32, 3, 2),
          new InvertedStage(6, 64, 4, 2),
          new InvertedStage(6, 96, 3, 1),
          new InvertedStage(6, 160, 3, 2),
          new InvertedStage(6, 320, 1, 1));
  private int channels = 32;
  private int lastChannels = 1280;
  private Optional<SpatialLayer> pointwise = Optional.empty();
  private boolean zeroInitialised;

  MobileNetV2Builder() {
    dropout(0.2f);
  }

  MobileNetV2Builder(MobileNetV2 start) {
    stages = start.stages();
    channels = start.channels();
    lastChannels = start.lastChannels();
    width = start.width();
    spatial = start.spatial();
    pointwise = start.pointwise();
    stem = start.stem();
    norm = start.norm();
    attentive = start.attentive();
    zeroInitialised = start.zeroInitialised();
    recalibration = start.recalibration();
    place = start.place();
    classes = start.classes();
    dropout = start.dropout();
    normalization = start.normalization();
  }

  @Override
  MobileNetV2Builder self() {
    return this;
  }

  /** Sets the stages of inverted residuals. */
  public MobileNetV2Builder stages(List<InvertedStage> list) {
    stages = list;
    return this;
  }

  /** Sets the channels of the stem and of the last 1×1, before the multiplier. */
  public MobileNetV2Builder channels(int ofStem, int last) {
    channels = ofStem;
    lastChannels = last;
    return this;
  }

  /** Sets what stands in place of the blocks' 1×1 convolutions. */
  public MobileNetV2Builder pointwise(SpatialLayer layer) {
    pointwise = Optional.of(layer);
    return this;
  }

  /** Sets whether the last norm of each branch that is added starts with γ = 0. */
  public MobileNetV2Builder zeroInitialised(boolean zero) {
    zeroInitialised = zero;
    return this;
  }

  /**
   * Returns the network.
   *
   * @throws IllegalArgumentException if the settings make none
   */
  public MobileNetV2 build() {
    return new MobileNetV2(
        stages,
        channels,
        lastChannels,
        width,
        spatial,
        pointwise,
        stem,
        norm,
        attentive,
        zeroInitialised,
        recalibration,
        place,
        classes,
        dropout,
        normalization);
  }
}
