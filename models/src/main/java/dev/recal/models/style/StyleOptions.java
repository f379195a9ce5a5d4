package dev.recal.models.style;

import dev.recal.ops.Arguments;
import java.util.Optional;

/**
 * How images are given a style.
 *
 * @param strength 0 for the image itself, 1 for the style; between them colours are mixed
 * @param maxSide images with a longer side are reduced to this many pixels before; empty for none
 */
public record StyleOptions(double strength, Optional<Integer> maxSide) {

  /** Rejects numbers out of range. */
  public StyleOptions {
    Arguments.require(strength >= 0 && strength <= 1, "strength", "from 0 to 1", strength);
    maxSide.ifPresent(pixels -> Arguments.atLeast(1, "maxSide", pixels));
  }

  /** The whole style, at the image's size. */
  public static StyleOptions defaults() {
    return new StyleOptions(1, Optional.empty());
  }

  /** Returns the same with another strength. */
  public StyleOptions withStrength(double other) {
    return new StyleOptions(other, maxSide);
  }
}
