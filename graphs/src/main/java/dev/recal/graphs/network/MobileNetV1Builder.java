package dev.recal.graphs.network;

import dev.recal.ops.SpatialLayer;
import java.util.List;
import java.util.Optional;

/** Changes single settings of a {@link MobileNetV1}; {@link MobileNetV1#with} starts one. */
public final class MobileNetV1Builder extends NetworkBuilder<MobileNetV1Builder> {

  private List<Integer> repeats = List.of(1, 2, 2, 6, 2);
  private int channels = 32;
  private Optional<SpatialLayer> pointwise = Optional.empty();

  MobileNetV1Builder() {}

  MobileNetV1Builder(MobileNetV1 start) {
    repeats = start.repeats();
    channels = start.channels();
    width = start.width();
    spatial = start.spatial();
    pointwise = start.pointwise();
    stem = start.stem();
    norm = start.norm();
    attentive = start.attentive();
    recalibration = start.recalibration();
    place = start.place();
    classes = start.classes();
    dropout = start.dropout();
    normalization = start.normalization();
  }

  @Override
  MobileNetV1Builder self() {
    return this;
  }

  /** Sets how many blocks each stage has. */
  public MobileNetV1Builder repeats(List<Integer> counts) {
    repeats = counts;
    return this;
  }

  /** Sets the channels of the stem, before the multiplier. */
  public MobileNetV1Builder channels(int count) {
    channels = count;
    return this;
  }

  /** Sets what stands in place of each 1×1 convolution. */
  public MobileNetV1Builder pointwise(SpatialLayer layer) {
    pointwise = Optional.of(layer);
    return this;
  }

  /**
   * Returns the network.
   *
   * @throws IllegalArgumentException if the settings make none
   */
  public MobileNetV1 build() {
    return new MobileNetV1(
        repeats,
        channels,
        width,
        spatial,
        pointwise,
        stem,
        norm,
        attentive,
        recalibration,
        place,
        classes,
        dropout,
        normalization);
  }
}
