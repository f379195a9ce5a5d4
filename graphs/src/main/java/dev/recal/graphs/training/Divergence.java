package dev.recal.graphs.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Aborts a diverged run: reports what was found, and which checkpoints are sound.
 *
 * @param checkpoints the run's
 * @param remedies what may help, as the subject of a sentence
 */
record Divergence(RunCheckpoints checkpoints, String remedies) {

  /**
   * Sets aside a checkpoint of weights that diverged before this step.
   *
   * @param position after the step
   * @param divergence what was found, as the second part of a sentence
   * @param trained whether the weights before the step are of this stage
   * @return what to throw
   */
  DivergenceException found(Position position, String divergence, boolean trained)
      throws IOException {
    Optional<Path> aside = trained ? checkpoints.setAside(position.step() - 1) : Optional.empty();
    return exception(position, divergence, aside);
  }

  /**
   * Checks the weights after a step, which its losses do not cover.
   *
   * @param finite whether all are finite
   * @throws DivergenceException if not
   */
  void requireFinite(Position position, boolean finite) {
    if (!finite) {
      throw exception(position, "a weight or statistic is not finite", Optional.empty());
    }
  }

  private DivergenceException exception(
      Position position, String divergence, Optional<Path> aside) {
    return new DivergenceException(
        "Training diverged at step "
            + position.step()
            + ": "
            + divergence
            + ". The checkpoints in "
            + checkpoints.root()
            + " are from before"
            + aside
                .map(path -> ", except " + path.getFileName() + ", which holds these weights")
                .orElse("")
            + "; "
            + remedies
            + " may help.");
  }
}
