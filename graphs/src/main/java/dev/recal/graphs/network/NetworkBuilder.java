package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.Norm;
import java.util.Optional;

/**
 * The settings that the families share, to be changed one by one.
 *
 * @param <B> the family's own builder
 */
abstract class NetworkBuilder<B extends NetworkBuilder<B>> {

  double width = 1;
  Optional<SpatialLayer> spatial = Optional.empty();
  ResNet.Stem stem = ResNet.Stem.IMAGENET;
  Norm norm = BatchNorm.defaults();
  Optional<AttentivePlaces> attentive = Optional.empty();
  Optional<Layer> recalibration = Optional.empty();
  ResNet.Place place = ResNet.Place.BRANCH_END;
  int classes = 1000;
  float dropout;
  ImageNormalization normalization = ImageNormalization.imagenet();

  abstract B self();

  /** Sets the multiplier of all channels. */
  public B width(double multiplier) {
    width = multiplier;
    return self();
  }

  /** Sets what stands in place of each block's spatial convolution. */
  public B spatial(SpatialLayer layer) {
    spatial = Optional.of(layer);
    return self();
  }

  /** Sets what comes before the first stage. */
  public B stem(ResNet.Stem form) {
    stem = form;
    return self();
  }

  /** Sets the norm after every convolution. */
  public B norm(Norm layer) {
    norm = layer;
    return self();
  }

  /** Sets where attentive norms stand in place of that norm. */
  public B attentive(AttentivePlaces places) {
    attentive = Optional.of(places);
    return self();
  }

  /** Sets the recalibration of every block. */
  public B recalibration(Layer layer) {
    recalibration = Optional.of(layer);
    return self();
  }

  /** Removes the recalibration. */
  public B withoutRecalibration() {
    recalibration = Optional.empty();
    return self();
  }

  /** Sets where in a block the recalibration stands. */
  public B place(ResNet.Place where) {
    place = where;
    return self();
  }

  /** Sets the number of classes. */
  public B classes(int count) {
    classes = count;
    return self();
  }

  /** Sets the share of the head's inputs that training drops. */
  public B dropout(float rate) {
    dropout = rate;
    return self();
  }

  /** Sets the normalisation of colours. */
  public B normalization(ImageNormalization colours) {
    normalization = colours;
    return self();
  }

  /** Sets the form for images of 32×32: its stem, 10 classes and CIFAR-10's colours. */
  public B cifar() {
    return stem(ResNet.Stem.CIFAR).classes(10).normalization(ImageNormalization.cifar());
  }
}
