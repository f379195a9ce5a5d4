package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.Norm;
import java.util.Optional;
import java.util.function.Function;

/**
 * Changes single settings that the families share; {@link NetworkFamily#with} starts one. A family
 * with many settings of its own adds them in a subclass.
 *
 * @param <T> the type that is built, usually a network
 * @param <B> the builder's own type
 */
public abstract class SettingsBuilder<T, B extends SettingsBuilder<T, B>> {

  private double width;
  private Optional<SpatialLayer> spatial;
  private Stem stem;
  private Norm norm;
  private Optional<AttentivePlaces> attentive;
  private Optional<Layer> recalibration;
  private RecalibrationPlace place;
  private Fusion fusion;
  private int classes;
  private float dropout;
  private ImageNormalization normalization;

  /** Starts with these settings. */
  protected SettingsBuilder(NetworkSettings start) {
    width = start.width();
    spatial = start.spatial();
    stem = start.stem();
    norm = start.norm();
    attentive = start.attentive();
    recalibration = start.recalibration();
    place = start.place();
    fusion = start.fusion();
    classes = start.classes();
    dropout = start.dropout();
    normalization = start.normalization();
  }

  /** Builds with the shared settings alone. */
  static final class SharedSettings<T> extends SettingsBuilder<T, SharedSettings<T>> {

    private final Function<NetworkSettings, T> maker;

    SharedSettings(NetworkSettings start, Function<NetworkSettings, T> maker) {
      super(start);
      this.maker = maker;
    }

    @Override
    public T build() {
      return maker.apply(settings());
    }
  }

  /**
   * Builds it.
   *
   * @throws IllegalArgumentException if the settings contradict each other
   */
  public abstract T build();

  /** Returns the shared settings as they are now. */
  protected final NetworkSettings settings() {
    return new NetworkSettings(
        width,
        spatial,
        stem,
        norm,
        attentive,
        recalibration,
        place,
        fusion,
        classes,
        dropout,
        normalization);
  }

  @SuppressWarnings("unchecked")
  private B self() {
    return (B) this;
  }

  /** Sets the multiplier of all channels. */
  public final B width(double multiplier) {
    width = multiplier;
    return self();
  }

  /** Sets the layer that replaces each block's spatial convolution. */
  public final B spatial(SpatialLayer layer) {
    spatial = Optional.of(layer);
    return self();
  }

  /** Sets the stem. */
  public final B stem(Stem form) {
    stem = form;
    return self();
  }

  /** Sets the norm after every convolution. */
  public final B norm(Norm layer) {
    norm = layer;
    return self();
  }

  /** Sets where attentive norms replace that norm. */
  public final B attentive(AttentivePlaces places) {
    attentive = Optional.of(places);
    return self();
  }

  /** Sets the recalibration of every block. */
  public final B recalibration(Layer layer) {
    recalibration = Optional.of(layer);
    return self();
  }

  /** Removes the recalibration. */
  public final B withoutRecalibration() {
    recalibration = Optional.empty();
    return self();
  }

  /** Sets where in a block the recalibration is. */
  public final B place(RecalibrationPlace where) {
    place = where;
    return self();
  }

  /** Sets which operations training fuses with norms. */
  public final B fusion(Fusion form) {
    fusion = form;
    return self();
  }

  /** Sets the number of classes. */
  public final B classes(int count) {
    classes = count;
    return self();
  }

  /** Sets the share of the head's inputs that training drops. */
  public final B dropout(float rate) {
    dropout = rate;
    return self();
  }

  /** Sets the normalisation of colours. */
  public final B normalization(ImageNormalization colours) {
    normalization = colours;
    return self();
  }

  /** Sets the form for images of 32×32: its stem, 10 classes and CIFAR-10's colours. */
  public final B cifar() {
    return stem(Stem.CIFAR).classes(10).normalization(ImageNormalization.cifar());
  }
}
