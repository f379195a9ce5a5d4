package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.synthesis.oneshot.PyramidServable;
import dev.recal.graphs.synthesis.oneshot.PyramidSettings;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.ops.Seeds;

/**
 * Super-resolution (SinGAN, arXiv 1905.01164): an image is enlarged in several equal steps, and the
 * last generator adds details after each of them. It works best with a pyramid whose scales differ
 * by the same factor; see {@link PyramidSettings#enlarging}.
 *
 * @param factor the enlargement, from 1.1 to 16
 * @param seed of the noise
 */
public record SuperResolution(double factor, long seed) {

  // Of the scales' factors, relative: fitting a pyramid to an image changes them by less.
  private static final double SIMILAR = 0.1;

  /** Rejects other factors. */
  public SuperResolution {
    PyramidSettings.enlargingSteps(factor);
  }

  /** Returns the number of steps. */
  public int steps() {
    return PyramidSettings.enlargingSteps(factor);
  }

  /** Returns the enlargement of one step. */
  public double step() {
    return Math.pow(factor, 1.0 / steps());
  }

  /**
   * Rejects images whose enlargement exceeds a call's memory.
   *
   * @throws IllegalArgumentException if it would have too many pixels
   */
  public void requireSize(int height, int width) {
    PyramidServable.requirePixels(
        "factor", (long) Math.ceil(height * factor), (long) Math.ceil(width * factor));
  }

  /** Returns whether a model's scales differ by about the enlargement of a step. */
  public boolean suits(OneShotModel model) {
    return Math.abs(model.pyramid().enlargement() / step() - 1) <= SIMILAR;
  }

  /**
   * Enlarges an image.
   *
   * @param image usually the training image, {@link OneShotModel#original}
   * @return an image of {@code factor} times the size, rounded
   * @throws IllegalArgumentException if it would have too many pixels
   */
  public OneShotImage apply(OneShotModel model, OneShotImage image) {
    requireSize(image.height(), image.width());
    OneShotImage large = image.withChannels(model.channels());
    for (int step = 0; step < steps(); step++) {
      large = model.enlarge(large, step(), step == 0 ? seed : Seeds.derive(seed, "step " + step));
    }
    // Each step rounds up.
    return large.cropped(
        (int) Math.min(large.height(), Math.round(image.height() * factor)),
        (int) Math.min(large.width(), Math.round(image.width() * factor)));
  }
}
