package dev.recal.graphs.network;

import dev.recal.ops.SpatialLayer;
import java.util.List;
import java.util.Optional;

/** Changes single settings of a {@link MobileFaceNet}; {@link MobileFaceNet#with} starts one. */
public final class MobileFaceNetBuilder extends NetworkBuilder<MobileFaceNetBuilder> {

  private static final int CASIA_WEBFACE = 10_575;

  private List<InvertedStage> stages =
      List.of(
          new InvertedStage(2, 64, 5, 2),
          new InvertedStage(4, 128, 1, 2),
          new InvertedStage(2, 128, 6, 1),
          new InvertedStage(4, 128, 1, 2),
          new InvertedStage(2, 128, 2, 1));
  private int channels = 64;
  private int lastChannels = 512;
  private int embedding = 128;
  private Optional<SpatialLayer> pointwise = Optional.empty();
  private boolean zeroInitialised;
  private ArcFace head = ArcFace.defaults();

  MobileFaceNetBuilder() {
    classes(CASIA_WEBFACE);
    normalization(ImageNormalization.faces());
  }

  MobileFaceNetBuilder(MobileFaceNet start) {
    stages = start.stages();
    channels = start.channels();
    lastChannels = start.lastChannels();
    embedding = start.embedding();
    width = start.width();
    spatial = start.spatial();
    pointwise = start.pointwise();
    stem = start.stem();
    norm = start.norm();
    attentive = start.attentive();
    zeroInitialised = start.zeroInitialised();
    recalibration = start.recalibration();
    place = start.place();
    head = start.head();
    classes = start.classes();
    dropout = start.dropout();
    normalization = start.normalization();
  }

  @Override
  MobileFaceNetBuilder self() {
    return this;
  }

  /** Sets the stages of inverted residuals. */
  public MobileFaceNetBuilder stages(List<InvertedStage> list) {
    stages = list;
    return this;
  }

  /** Sets the channels of the stem and of the last 1×1, before the multiplier. */
  public MobileFaceNetBuilder channels(int ofStem, int last) {
    channels = ofStem;
    lastChannels = last;
    return this;
  }

  /** Sets the values of the embedding. */
  public MobileFaceNetBuilder embedding(int count) {
    embedding = count;
    return this;
  }

  /** Sets what stands in place of the blocks' 1×1 convolutions. */
  public MobileFaceNetBuilder pointwise(SpatialLayer layer) {
    pointwise = Optional.of(layer);
    return this;
  }

  /** Sets whether the last norm of each branch that is added starts with γ = 0. */
  public MobileFaceNetBuilder zeroInitialised(boolean zero) {
    zeroInitialised = zero;
    return this;
  }

  /** Sets the margin and scale of the logits. */
  public MobileFaceNetBuilder head(ArcFace settings) {
    head = settings;
    return this;
  }

  /**
   * Returns the network.
   *
   * @throws IllegalArgumentException if the settings make none
   */
  public MobileFaceNet build() {
    return new MobileFaceNet(
        stages,
        channels,
        lastChannels,
        embedding,
        width,
        spatial,
        pointwise,
        stem,
        norm,
        attentive,
        zeroInitialised,
        recalibration,
        place,
        head,
        classes,
        dropout,
        normalization);
  }
}
