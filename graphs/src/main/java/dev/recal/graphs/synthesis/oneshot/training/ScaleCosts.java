package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.ScaleProfile;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The multiply-adds of a step of each scale, for the time that is left of a run.
 *
 * @param settings numbers of updates
 * @param profiles of the scales
 */
record ScaleCosts(OneShotSettings settings, List<ScaleProfile> profiles) {

  // Launching a step's operations takes as long as so many multiply-adds.
  private static final double LAUNCH = 4e8;

  static ScaleCosts of(OneShotRecipe recipe, Pyramid pyramid, int channels) {
    List<ScaleProfile> profiles =
        IntStream.range(0, pyramid.scales())
            .mapToObj(scale -> ScaleProfile.of(recipe.network(), pyramid, channels, scale))
            .toList();
    return new ScaleCosts(recipe.training(), profiles);
  }

  /** Returns the cost of a step of a scale. */
  double ofStep(int scale) {
    int updates = settings.criticSteps();
    ScaleProfile own = profiles.get(scale);
    // A pass backward costs two passes forward, the penalty's gradient two more of each kind.
    double critic = (updates * (2 * 3 + 6) + 2.0) * own.criticMacs();
    double generator = (updates + 2 + 3.0 * settings.generatorSteps()) * own.generatorMacs();
    double below =
        profiles.subList(0, scale).stream().mapToDouble(ScaleProfile::generatorMacs).sum();
    return LAUNCH + critic + generator + updates * below;
  }
}
