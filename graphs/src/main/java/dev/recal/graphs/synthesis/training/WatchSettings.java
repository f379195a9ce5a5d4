package dev.recal.graphs.synthesis.training;

/**
 * When a run is aborted.
 *
 * @param blowUp the maximum adversarial loss of either network; the hinge loss of an untrained
 *     discriminator is about 1.8
 * @param patience the number of consecutive steps in which the discriminator may give all images
 *     the same logit, or the generator receive no gradient, before the run is aborted; and in which
 *     the discriminator may separate all images perfectly before a warning
 */
public record WatchSettings(double blowUp, int patience) {

  /** Rejects limits that would abort every run. */
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
