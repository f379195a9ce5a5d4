package dev.recal.graphs.network;

import dev.recal.ops.SpatialLayer;
import java.util.List;
import java.util.Optional;

/** Changes single settings of a {@link ShuffleNetV2}; {@link ShuffleNetV2#with} starts one. */
public final class ShuffleNetV2Builder extends NetworkBuilder<ShuffleNetV2Builder> {

  private List<Integer> stages = List.of(116, 232, 464);
  private List<Integer> repeats = List.of(4, 8, 4);
  private int channels = 24;
  private int lastChannels = 1024;
  private ShuffleNetV2.Mixing mixing = ShuffleNetV2.Mixing.SHUFFLE;
  private boolean biasedEnds;
  private Optional<SpatialLayer> pointwise = Optional.empty();

  ShuffleNetV2Builder() {}

  ShuffleNetV2Builder(ShuffleNetV2 start) {
    stages = start.stages();
    repeats = start.repeats();
    channels = start.channels();
    lastChannels = start.lastChannels();
    width = start.width();
    mixing = start.mixing();
    biasedEnds = start.biasedEnds();
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
  ShuffleNetV2Builder self() {
    return this;
  }

  /** Sets each stage's channels and how many blocks it has. */
  public ShuffleNetV2Builder stages(List<Integer> channelsOfEach, List<Integer> counts) {
    stages = channelsOfEach;
    repeats = counts;
    return this;
  }

  /** Sets the channels of the stem and of the last 1×1, before the multiplier. */
  public ShuffleNetV2Builder channels(int ofStem, int last) {
    channels = ofStem;
    lastChannels = last;
    return this;
  }

  /** Sets how a block's input is halved and its output put together. */
  public ShuffleNetV2Builder mixing(ShuffleNetV2.Mixing form) {
    mixing = form;
    return this;
  }

  /** Sets whether the first and the last convolution have a bias. */
  public ShuffleNetV2Builder biasedEnds(boolean biased) {
    biasedEnds = biased;
    return this;
  }

  /** Sets what stands in place of both 1×1 convolutions of each branch. */
  public ShuffleNetV2Builder pointwise(SpatialLayer layer) {
    pointwise = Optional.of(layer);
    return this;
  }

  /** Sets DRConv's form: its authors' blocks and biases, and this layer in the branches. */
  public ShuffleNetV2Builder dynamic(SpatialLayer layer) {
    return mixing(ShuffleNetV2.Mixing.ALTERNATE).biasedEnds(true).pointwise(layer);
  }

  /**
   * Returns the network.
   *
   * @throws IllegalArgumentException if the settings make none
   */
  public ShuffleNetV2 build() {
    return new ShuffleNetV2(
        stages,
        repeats,
        channels,
        lastChannels,
        width,
        mixing,
        biasedEnds,
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
