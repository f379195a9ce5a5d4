package dev.recal.graphs.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TBool;

/**
 * Aborts a diverged run with the reason and the intact checkpoints.
 *
 * @param checkpoints the run's
 * @param help a suggestion, as the end of a sentence
 */
public record Divergence(RunCheckpoints checkpoints, String help) {

  /**
   * Sets aside a checkpoint of weights that diverged before this step.
   *
   * @param position after the step
   * @param trouble the reason, as the second part of a sentence
   * @return the exception to throw
   */
  public DivergenceException found(Position position, String trouble) throws IOException {
    return exception(position, trouble, checkpoints.setAside(position.step() - 1));
  }

  /**
   * Checks the weights after a step, which its losses do not reveal.
   *
   * @param finite whether all are finite
   * @throws DivergenceException if not
   */
  public void requireFinite(Position position, Session session, Operand<TBool> finite) {
    try (Result result = session.runner().fetch(finite).run()) {
      if (!((TBool) result.get(0)).getBoolean()) {
        throw exception(position, "a weight or statistic is not finite", Optional.empty());
      }
    }
  }

  private DivergenceException exception(Position position, String trouble, Optional<Path> aside) {
    return new DivergenceException(
        "Training diverged at step "
            + position.step()
            + ": "
            + trouble
            + ". The checkpoints in "
            + checkpoints.root()
            + " are from before"
            + aside
                .map(path -> ", except " + path.getFileName() + ", which holds these weights")
                .orElse("")
            + "; "
            + help
            + " may help.");
  }
}
