package dev.recal.graphs.data.pipeline;

import dev.recal.ops.Arguments;

/**
 * Random distortions, a few in a row for each image, of one strength (Cubuk et al. 2020, arXiv
 * 1909.13719), with the operations, their ranges and their arithmetic of torchvision's {@code
 * RandAugment} on tensors: identity, shear and translation in both directions, rotation,
 * brightness, colour, contrast, sharpness, posterize, solarize, autocontrast, equalize, each as
 * probable as the others. Pixels are read from the nearest place, and places outside are black.
 * They are applied after the crop and the flip, before {@link ColourJitter}.
 *
 * @param operations in a row, 1 to 8
 * @param magnitude their strength, from 0 to 30, of {@value #BINS} equidistant ones
 */
public record RandAugment(int operations, int magnitude) {

  /** The number of strengths; the first one changes nothing. */
  static final int BINS = 31;

  private static final int MAX_OPERATIONS = 8;

  /** Rejects numbers outside their ranges. */
  public RandAugment {
    Arguments.require(
        operations >= 1 && operations <= MAX_OPERATIONS,
        "operations",
        "1 to " + MAX_OPERATIONS,
        operations);
    Arguments.require(
        magnitude >= 0 && magnitude < BINS, "magnitude", "0 to " + (BINS - 1), magnitude);
  }

  /** Two operations of strength 9. */
  public static RandAugment defaults() {
    return new RandAugment(2, 9);
  }

  /** The magnitude as a share of the greatest one. */
  double share() {
    return magnitude / (BINS - 1.0);
  }
}
