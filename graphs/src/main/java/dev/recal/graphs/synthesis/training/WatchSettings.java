package dev.recal.graphs.synthesis.training;

/**
 * When a run is given up.
 *
 * @param blowUp the greatest adversarial loss of either network; the hinge loss of a discriminator
 *     that knows nothing is about 1.8
 * @param patience for how many steps in a row the discriminator may give all images one logit, or
 *     the generator get no gradient, before the run ends; and how long a discriminator may be
 *     without fault before that is told
 */
public record WatchSettings(double blowUp, int patience) {

  /** Rejects limits that end every run. */
  public WatchSettings {
    if (!(blowUp > 2)) {
      throw new IllegalArgumentException("blowUp: expected more than 2, but got " + blowUp + ".");
    }
    if (patience < 1) {
      throw new IllegalArgumentException(
          "patience: expected at least 1, but got " + patience + ".");
    }
  }

  /** A loss of 1000, 200 steps. */
  public static WatchSettings defaults() {
    return new WatchSettings(1000, 200);
  }
}
