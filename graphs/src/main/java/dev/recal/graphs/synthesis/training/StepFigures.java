package dev.recal.graphs.synthesis.training;

import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics of one step.
 *
 * @param adversarial the discriminator's hinge loss, of real and generated images together
 * @param reconstruction the weighted distance of the reconstructions
 * @param realLogit mean logit of real images
 * @param madeLogit mean logit of generated images
 * @param generator the generator's loss
 * @param gradient norm of the generator's loss's gradient at the images
 */
record StepFigures(
    double adversarial,
    double reconstruction,
    double realLogit,
    double madeLogit,
    double generator,
    double gradient) {

  boolean isFinite() {
    return Double.isFinite(
        adversarial + reconstruction + realLogit + madeLogit + generator + gradient);
  }

  /** Returns the metrics for a report, in addition to the discriminator's loss. */
  TreeMap<String, Double> extras() {
    return new TreeMap<>(
        Map.of(
            "adversarial", adversarial,
            "reconstruction", reconstruction,
            "logit_real", realLogit,
            "logit_made", madeLogit,
            "generator", generator,
            "gradient", gradient));
  }
}
