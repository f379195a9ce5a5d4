package dev.recal.graphs.data.pipeline;

import java.util.Objects;
import java.util.Optional;

/**
 * Random changes of whole batches in training, beyond crops and colours.
 *
 * @param randAugment before the changes of colour
 * @param randomErasing after them
 */
public record Distortions(
    Optional<RandAugment> randAugment, Optional<RandomErasing> randomErasing) {

  /** No changes. */
  public static final Distortions NONE = new Distortions(Optional.empty(), Optional.empty());

  /** Rejects null. */
  public Distortions {
    Objects.requireNonNull(randAugment, "randAugment");
    Objects.requireNonNull(randomErasing, "randomErasing");
  }

  /** No changes. */
  public static Distortions defaults() {
    return NONE;
  }

  /** Whether images are unchanged. */
  public boolean isNone() {
    return randAugment.isEmpty() && randomErasing.isEmpty();
  }
}
