package dev.recal.graphs.training;

import dev.recal.graphs.logs.TrainingLog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;

/**
 * What one graph and one schedule of steps need from a loop: variables, input, first values, a step
 * with its metrics, signs of trouble, and a review of what was learned.
 *
 * <p>A job is built before its session is opened, and its graph does not change afterwards. The
 * loop opens the session, and restores or initialises the variables before the first {@link
 * #start}. All calls come from one thread.
 */
public interface TrainingJob extends AutoCloseable {

  /** Returns the graph with its variables. */
  JobGraph graph();

  /** Returns how steps relate to the data. */
  Pace pace();

  /** Returns the identity of the training data; a checkpoint of other data is rejected. */
  DataIdentity data();

  /** Returns information to store with the metrics, for example the distance in use. */
  default Map<String, String> settings() {
    return Map.of();
  }

  /** Returns sentences that the user should read before the first step. */
  default List<String> startupMessages() {
    return List.of();
  }

  /**
   * Gives variables values other than their initial ones, which they have already: weights to start
   * from, averages. Called once, before the first step, and not when a run is resumed.
   *
   * @throws IOException if weights cannot be read
   * @throws IllegalArgumentException if they do not fit
   */
  default void initialise(Session session, TrainingLog log) throws IOException {}

  /**
   * Sets the input to a position in a pass.
   *
   * @param pass passes done
   * @param batch runs done in this pass
   */
  void start(Session session, long pass, long batch);

  /**
   * Takes one optimiser step, which is {@link Pace#runs()} runs of the session.
   *
   * @throws IOException if the data cannot be read any more
   */
  StepMetrics step(Session session) throws IOException;

  /**
   * Takes the metrics of a step.
   *
   * @param position after the step
   * @return why training should end, as the second part of a sentence, if it should
   */
  default Optional<String> divergence(Position position, StepMetrics metrics) {
    return Double.isFinite(metrics.loss())
        ? Optional.empty()
        : Optional.of("the loss is " + metrics.loss());
  }

  /** Returns what may help against divergence, as the subject of a sentence. */
  default String remedies() {
    return "a lower learning rate";
  }

  /**
   * Evaluates or draws, and logs the result.
   *
   * @param position after the step
   * @throws IOException if a picture cannot be written
   */
  Review review(Session session, Position position) throws IOException;

  /**
   * Updates derived variables, for example the statistics of averaged weights, before a review or a
   * checkpoint. A restored checkpoint is reviewed as it was stored.
   */
  default void updateDerived(Session session) {}

  /** Frees the graph and the input. */
  @Override
  void close();
}
