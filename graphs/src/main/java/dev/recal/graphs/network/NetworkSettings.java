package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.Norm;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The settings that the families of networks share. Each family documents where they apply.
 *
 * <p>A network's record has them as a component marked {@code @Flattened}, so that in JSON they are
 * members of the network.
 *
 * @param width multiplies counts of channels; see {@link #scaled} and {@link #scaledByTenths}
 * @param spatial in place of the blocks' spatial convolutions; empty for the convolutions
 * @param stem the layers before the first stage
 * @param norm after every convolution
 * @param attentive at which places an attentive norm replaces that norm; empty for none
 * @param recalibration in every block, in the scope {@code recalibration}; empty for none
 * @param place where in the block the recalibration is
 * @param fusion which operations training fuses with norms
 * @param classes of the head
 * @param dropout the share of the head's inputs that training drops
 * @param normalization of the images' colours
 */
public record NetworkSettings(
    double width,
    Optional<SpatialLayer> spatial,
    Stem stem,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    Optional<Layer> recalibration,
    RecalibrationPlace place,
    Fusion fusion,
    int classes,
    float dropout,
    ImageNormalization normalization) {

  private static final int MULTIPLE = 8;

  /** Rejects missing settings and numbers out of range. */
  public NetworkSettings {
    NetworkChecks.requirePresent("spatial", spatial, "stem", stem, "norm", norm);
    NetworkChecks.requirePresent("attentive", attentive, "recalibration", recalibration);
    NetworkChecks.requirePresent("place", place, "fusion", fusion);
    NetworkChecks.requirePresent("normalization", normalization);
    NetworkChecks.requirePositive("classes", classes);
    if (!(width > 0 && width < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "width: expected a positive multiplier, but got " + width + ".");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "dropout: expected from 0 to less than 1, but got " + dropout + ".");
    }
  }

  /** For ImageNet: width 1, 1,000 classes, batch norm, no recalibration, no dropout. */
  public static NetworkSettings defaults() {
    return new NetworkSettings(
        1,
        Optional.empty(),
        Stem.IMAGENET,
        BatchNorm.defaults(),
        Optional.empty(),
        Optional.empty(),
        RecalibrationPlace.BRANCH_END,
        Fusion.GATES,
        1000,
        0,
        ImageNormalization.imagenet());
  }

  /** For CIFAR-10: its stem, 10 classes and its colours, otherwise as for ImageNet. */
  public static NetworkSettings cifar() {
    return defaults().with().cifar().build();
  }

  /** Returns a builder that starts with these settings. */
  public SettingsBuilder<NetworkSettings, ?> with() {
    return with(Function.identity());
  }

  /**
   * Returns a builder that starts with these settings and builds something else from them, usually
   * a network: a record with few other settings needs no builder class.
   */
  public <T> SettingsBuilder<T, ?> with(Function<NetworkSettings, T> maker) {
    return new SettingsBuilder.SharedSettings<>(this, maker);
  }

  /** Returns the norm of a place in a stage, counted from 0; the stem's is 0. */
  public Norm norm(NormPlace where, int stage) {
    return attentive.map(places -> places.at(where, stage, norm)).orElse(norm);
  }

  /** Returns a count times the width, rounded to a multiple of 8 unless the width is 1. */
  public int scaled(int count) {
    return width == 1 ? count : MULTIPLE * Math.max(1, (int) Math.round(count * width / MULTIPLE));
  }

  /**
   * Returns a count times the width, rounded to a multiple of 8 but not below nine tenths of it:
   * the rule of MobileNetV2's code.
   */
  public int scaledByTenths(int count) {
    return scaledByTenths(count, width);
  }

  static int scaledByTenths(int count, double width) {
    double exact = count * width;
    int rounded = Math.max(MULTIPLE, (int) (exact + MULTIPLE / 2) / MULTIPLE * MULTIPLE);
    return rounded < 0.9 * exact ? rounded + MULTIPLE : rounded;
  }

  /**
   * Rejects attentive norms at places that a network lacks, or for another number of stages.
   *
   * @param network the network's name, for the message
   * @param known the places that the network has
   */
  public void requireAttentive(String network, Set<NormPlace> known, int stages) {
    attentive.ifPresent(places -> places.requireFits(network, known, stages));
  }
}
