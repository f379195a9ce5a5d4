package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;

/**
 * The sizes of a pyramid.
 *
 * @param factor from one scale to the next smaller one, between 0 and 1; fitted so that the
 *     smallest scale has {@code minSize}
 * @param minSize shorter side of the smallest scale in pixels
 * @param maxSize longer side of the largest scale in pixels; larger images are reduced
 */
public record PyramidSettings(double factor, int minSize, int maxSize) {

  /** The receptive field of a scale's generator and critic. */
  public static final int RECEPTIVE_FIELD = 11;

  /** Rejects factors outside (0, 1) and sizes below the receptive field. */
  public PyramidSettings {
    Arguments.require(factor > 0 && factor < 1, "factor", "a number between 0 and 1", factor);
    Arguments.atLeast(RECEPTIVE_FIELD, "minSize", minSize);
    Arguments.atLeast(minSize, "maxSize", maxSize);
  }

  /** Factor 0.75, from 25 to 250 pixels. */
  public static PyramidSettings defaults() {
    return new PyramidSettings(0.75, 25, 250);
  }

  /**
   * The pyramid for super-resolution: its factor is the {@code steps()}-th root of the enlargement,
   * nearest to that of a third of an octave, and its smallest scale has 18 pixels.
   *
   * @param enlargement at least 1.1
   */
  public static PyramidSettings enlarging(double enlargement, int maxSize) {
    return new PyramidSettings(
        Math.pow(enlargement, -1.0 / enlargingSteps(enlargement)), 18, maxSize);
  }

  /** Returns how often the last generator is applied to enlarge an image. */
  public static int enlargingSteps(double enlargement) {
    Arguments.require(
        enlargement >= 1.1 && enlargement <= 16, "factor", "from 1.1 to 16", enlargement);
    return Math.max(1, (int) Math.round(3 * Math.log(enlargement) / Math.log(2)));
  }
}
