package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.Norm;
import java.util.List;
import java.util.Optional;

/** Changes single settings of a {@link ResNet}; {@link ResNet#with} starts one. */
public final class ResNetBuilder {

  private ResNet.Block block = ResNet.Block.BOTTLENECK;
  private List<Integer> repeats = List.of(3, 4, 6, 3);
  private int channels = 64;
  private double width = 1;
  private int groups = 1;
  private int groupWidth = 64;
  private Optional<SpatialLayer> spatial = Optional.empty();
  private ResNet.Stem stem = ResNet.Stem.IMAGENET;
  private ResNet.Shortcut shortcut = ResNet.Shortcut.PROJECTION;
  private ResNet.StridePlace stridePlace = ResNet.StridePlace.SPATIAL;
  private Norm norm = BatchNorm.defaults();
  private Optional<AttentivePlaces> attentive = Optional.empty();
  private boolean zeroInitialised;
  private Optional<Layer> recalibration = Optional.empty();
  private ResNet.Place place = ResNet.Place.BRANCH_END;
  private ResNet.Fusion fusion = ResNet.Fusion.GATES;
  private int classes = 1000;
  private float dropout;
  private ImageNormalization normalization = ImageNormalization.imagenet();

  ResNetBuilder() {}

  ResNetBuilder(ResNet start) {
    block = start.block();
    repeats = start.repeats();
    channels = start.channels();
    width = start.width();
    groups = start.groups();
    groupWidth = start.groupWidth();
    spatial = start.spatial();
    stem = start.stem();
    shortcut = start.shortcut();
    stridePlace = start.stridePlace();
    norm = start.norm();
    attentive = start.attentive();
    zeroInitialised = start.zeroInitialised();
    recalibration = start.recalibration();
    place = start.place();
    fusion = start.fusion();
    classes = start.classes();
    dropout = start.dropout();
    normalization = start.normalization();
  }

  /** Sets the form of the blocks and how many each stage has. */
  public ResNetBuilder block(ResNet.Block form, List<Integer> counts) {
    block = form;
    repeats = counts;
    return this;
  }

  /** Sets the inner channels of the first stage, before the multiplier. */
  public ResNetBuilder channels(int count) {
    channels = count;
    return this;
  }

  /** Sets the multiplier of all channels. */
  public ResNetBuilder width(double multiplier) {
    width = multiplier;
    return this;
  }

  /** Sets the groups of a bottleneck's 3×3 and the channels of each at 64 inner channels. */
  public ResNetBuilder groups(int count, int widthOfEach) {
    groups = count;
    groupWidth = widthOfEach;
    return this;
  }

  /** Sets what stands in place of each block's spatial convolution. */
  public ResNetBuilder spatial(SpatialLayer layer) {
    spatial = Optional.of(layer);
    return this;
  }

  /** Sets what comes before the first stage. */
  public ResNetBuilder stem(ResNet.Stem form) {
    stem = form;
    return this;
  }

  /** Sets how shortcuts change size and channels. */
  public ResNetBuilder shortcut(ResNet.Shortcut form) {
    shortcut = form;
    return this;
  }

  /** Sets V1d: the deep stem and average-pooling shortcuts. */
  public ResNetBuilder v1d() {
    return stem(ResNet.Stem.DEEP).shortcut(ResNet.Shortcut.AVERAGE_PROJECTION);
  }

  /** Sets which convolution of a bottleneck strides. */
  public ResNetBuilder stridePlace(ResNet.StridePlace where) {
    stridePlace = where;
    return this;
  }

  /** Sets the norm after every convolution. */
  public ResNetBuilder norm(Norm layer) {
    norm = layer;
    return this;
  }

  /** Sets where attentive norms stand in place of that norm. */
  public ResNetBuilder attentive(AttentivePlaces places) {
    attentive = Optional.of(places);
    return this;
  }

  /** Sets whether the last norm of each branch starts with γ = 0. */
  public ResNetBuilder zeroInitialised(boolean zero) {
    zeroInitialised = zero;
    return this;
  }

  /** Sets the recalibration of every block. */
  public ResNetBuilder recalibration(Layer layer) {
    recalibration = Optional.of(layer);
    return this;
  }

  /** Removes the recalibration. */
  public ResNetBuilder withoutRecalibration() {
    recalibration = Optional.empty();
    return this;
  }

  /** Sets where in a block the recalibration stands. */
  public ResNetBuilder place(ResNet.Place where) {
    place = where;
    return this;
  }

  /** Sets how training computes norms with what follows them. */
  public ResNetBuilder fusion(ResNet.Fusion form) {
    fusion = form;
    return this;
  }

  /** Sets the number of classes. */
  public ResNetBuilder classes(int count) {
    classes = count;
    return this;
  }

  /** Sets the share of the head's inputs that training drops. */
  public ResNetBuilder dropout(float rate) {
    dropout = rate;
    return this;
  }

  /** Sets the normalisation of colours. */
  public ResNetBuilder normalization(ImageNormalization colours) {
    normalization = colours;
    return this;
  }

  /**
   * Returns the network.
   *
   * @throws IllegalArgumentException if the settings make none
   */
  public ResNet build() {
    return new ResNet(
        block,
        repeats,
        channels,
        width,
        groups,
        groupWidth,
        spatial,
        stem,
        shortcut,
        stridePlace,
        norm,
        attentive,
        zeroInitialised,
        recalibration,
        place,
        fusion,
        classes,
        dropout,
        normalization);
  }
}
