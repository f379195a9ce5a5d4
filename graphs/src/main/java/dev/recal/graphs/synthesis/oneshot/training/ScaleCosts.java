package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.ScaleGenerator;
import dev.recal.graphs.synthesis.oneshot.SinGan;

/**
 * Multiply-adds of the convolutions of a pyramid; SLIM's, which are a fraction of them, are left
 * out. For the time that is left of a run.
 *
 * @param recipe networks and numbers of updates
 * @param pyramid the sizes of the scales
 * @param channels of the image
 */
record ScaleCosts(OneShotRecipe recipe, Pyramid pyramid, int channels) {

  // Launching a step's operations takes as long as so many multiply-adds.
  private static final double LAUNCH = 4e8;
  private static final int KERNEL = 9;
  private static final int BLOCKS = 4;

  /** Returns the cost of a step of a scale. */
  double ofStep(int scale) {
    OneShotSettings settings = recipe.training();
    // Forward, and twice as much backward.
    double critic = map(scale, 1, 0);
    double critics = settings.criticSteps() * (2 * 3 + 6) * critic + 2 * critic;
    double generator = map(scale, channels, ScaleGenerator.BORDER);
    double generators = (settings.criticSteps() + 2 + 3.0 * settings.generatorSteps()) * generator;
    double below = 0;
    for (int k = 0; k < scale; k++) {
      below += settings.criticSteps() * map(k, channels, ScaleGenerator.BORDER);
    }
    return LAUNCH + critics + generators + below;
  }

  private double map(int scale, int out, int border) {
    SinGan network = recipe.network();
    double width = network.width(scale);
    double sum = 0;
    for (int block = 1; block <= BLOCKS + 1; block++) {
      double pixels =
          (double) (pyramid.height(scale) + 2 * (border - block))
              * (pyramid.width(scale) + 2 * (border - block));
      double in = block == 1 ? channels : width;
      sum += Math.max(0, pixels) * KERNEL * in * (block > BLOCKS ? out : width);
    }
    return sum;
  }
}
