package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.training.StepMetrics;
import java.util.Map;

/**
 * The metrics of one step.
 *
 * @param adversarial the discriminator's hinge loss, of real and generated images together
 * @param reconstruction the weighted distance of the reconstructions
 * @param realLogit mean logit of real images
 * @param generatedLogit mean logit of generated images
 * @param generator the generator's loss
 * @param gradient norm of the generator's loss's gradient at the images
 * @param learningRate of both networks
 */
public record AdversarialMetrics(
    double adversarial,
    double reconstruction,
    double realLogit,
    double generatedLogit,
    double generator,
    double gradient,
    double learningRate) {

  /**
   * Returns whether no loss and no logit is NaN or infinite. A gradient may be: in float16 its
   * update is skipped, and otherwise the losses of the next step are not finite.
   */
  public boolean isFinite() {
    return Double.isFinite(adversarial + reconstruction + realLogit + generatedLogit + generator);
  }

  /** Returns the metrics for a report; the loss is the discriminator's. */
  public StepMetrics report() {
    return StepMetrics.of(adversarial + reconstruction, learningRate)
        .with(
            Map.of(
                "adversarial", adversarial,
                "reconstruction", reconstruction,
                "logit_real", realLogit,
                "logit_made", generatedLogit,
                "generator", generator,
                "gradient", gradient));
  }
}
