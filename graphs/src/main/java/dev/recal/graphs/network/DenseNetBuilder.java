package dev.recal.graphs.network;

import java.util.List;

/** Changes single settings of a {@link DenseNet}; {@link DenseNet#with} starts one. */
public final class DenseNetBuilder extends NetworkBuilder<DenseNetBuilder> {

  private List<Integer> repeats = List.of(6, 12, 24, 16);
  private int growth = 32;
  private int bottleneck = 4;
  private int channels = 64;
  private int groups = 1;

  DenseNetBuilder() {}

  DenseNetBuilder(DenseNet start) {
    repeats = start.repeats();
    growth = start.growth();
    bottleneck = start.bottleneck();
    channels = start.channels();
    width = start.width();
    groups = start.groups();
    spatial = start.spatial();
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
  DenseNetBuilder self() {
    return this;
  }

  /** Sets how many layers each stage has. */
  public DenseNetBuilder repeats(List<Integer> counts) {
    repeats = counts;
    return this;
  }

  /** Sets the channels that a layer adds, and its 1×1's channels as a multiple of them. */
  public DenseNetBuilder growth(int count, int multipleOfBottleneck) {
    growth = count;
    bottleneck = multipleOfBottleneck;
    return this;
  }

  /** Sets the channels of the stem. */
  public DenseNetBuilder channels(int count) {
    channels = count;
    return this;
  }

  /** Sets the groups of each 3×3. */
  public DenseNetBuilder groups(int count) {
    groups = count;
    return this;
  }

  /**
   * Returns the network.
   *
   * @throws IllegalArgumentException if the settings make none
   */
  public DenseNet build() {
    return new DenseNet(
        repeats,
        growth,
        bottleneck,
        channels,
        width,
        groups,
        spatial,
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
