package dev.recal.graphs.synthesis.training;

import java.util.Optional;

/** Checks the metrics of every step for signs that training has failed. */
public final class DivergenceWatch {

  // For a hinge loss with margins of at least 0.8.
  private static final double PERFECT_LOSS = 1e-3;
  private static final double SAME_LOGIT = 1e-6;

  private final WatchSettings settings;
  private int withoutGradient;
  private int sameLogits;
  private int perfectSteps;

  /** Watches by the settings. */
  public DivergenceWatch(WatchSettings settings) {
    this.settings = settings;
  }

  /**
   * Checks the metrics of the next step.
   *
   * @return the reason to abort training, as the second part of a sentence, if any
   */
  public Optional<String> divergence(AdversarialMetrics metrics) {
    if (!metrics.isFinite()) {
      return Optional.of("a loss is not finite (" + metrics + ")");
    }
    double largest = Math.max(Math.abs(metrics.adversarial()), Math.abs(metrics.generator()));
    if (largest > settings.blowUp()) {
      return Optional.of(
          "an adversarial loss is " + largest + ", above the limit " + settings.blowUp());
    }
    withoutGradient = metrics.gradient() == 0 ? withoutGradient + 1 : 0;
    if (withoutGradient >= settings.patience()) {
      return Optional.of(
          "the generator has received no gradient for " + withoutGradient + " steps");
    }
    boolean same = Math.abs(metrics.realLogit() - metrics.generatedLogit()) < SAME_LOGIT;
    sameLogits = same ? sameLogits + 1 : 0;
    if (sameLogits >= settings.patience()) {
      return Optional.of(
          "the discriminator has given real and generated images the same logit for "
              + sameLogits
              + " steps");
    }
    return Optional.empty();
  }

  /**
   * Checks the metrics of the same step.
   *
   * @return a warning for the user, once per occurrence
   */
  public Optional<String> warning(AdversarialMetrics metrics) {
    perfectSteps = metrics.adversarial() < PERFECT_LOSS ? perfectSteps + 1 : 0;
    return perfectSteps == settings.patience()
        ? Optional.of(
            "The discriminator has separated real from generated images perfectly for "
                + perfectSteps
                + " steps: it may have memorised the training images; more images, more"
                + " augmentation or a smaller width may help.")
        : Optional.empty();
  }
}
