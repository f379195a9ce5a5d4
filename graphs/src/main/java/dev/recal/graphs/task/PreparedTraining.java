package dev.recal.graphs.task;

import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.logs.CurvesLog;
import dev.recal.graphs.logs.TrainingCurves;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A recipe whose data is open: all that training needs. It may hold native memory, which {@link
 * #close} frees.
 *
 * @param <R> the task's recipes
 */
public interface PreparedTraining<R extends Recipe> extends AutoCloseable {

  /** Returns the recipe as the run's directory shows it, fitted to the data. */
  R recipe();

  /** Returns the contents of further files of the run's directory by name. */
  default Map<String, String> files() {
    return Map.of();
  }

  /** Returns what is trained on what, for people: a sentence a line. */
  List<String> description();

  /** Returns what of the data was found and left out. */
  default List<SkippedItem> skipped() {
    return List.of();
  }

  /**
   * Returns what the loop needs.
   *
   * @param directory the run's
   */
  TrainingPlan plan(Path directory);

  /** Returns what the picture of the run's curves shows. */
  default CurvesLog.Curves curves() {
    return TrainingCurves::draw;
  }

  /**
   * Called after training, for example to draw a last picture.
   *
   * @param directory the run's
   * @return the result for users, one sentence per line
   * @throws IOException if a file cannot be written
   */
  default List<String> finish(Path directory, TrainingOutcome outcome) throws IOException {
    return List.of();
  }

  @Override
  void close();
}
