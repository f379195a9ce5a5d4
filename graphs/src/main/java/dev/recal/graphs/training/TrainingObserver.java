package dev.recal.graphs.training;

import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.StepReport;
import java.util.Optional;

/**
 * Watches a training run, and may stop it. {@link ObserverLog} connects it to a run.
 *
 * <p>Both methods are called from the thread that trains; training waits for them.
 */
public interface TrainingObserver {

  /**
   * Called after a step that is reported: every step, or of long runs about 20,000 steps.
   *
   * @return empty to continue; otherwise why the run stops, as a sentence
   */
  default Optional<String> stepped(StepReport report) {
    return Optional.empty();
  }

  /**
   * Called after an evaluation.
   *
   * @return empty to continue; otherwise why the run stops, as a sentence
   */
  default Optional<String> evaluated(EvaluationReport report) {
    return Optional.empty();
  }
}
