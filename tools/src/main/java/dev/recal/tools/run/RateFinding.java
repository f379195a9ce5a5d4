package dev.recal.tools.run;

import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.Tasks;
import dev.recal.graphs.training.RateChart;
import dev.recal.graphs.training.RateSweep;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds a learning rate: trains with a rising rate, without leaving a run. */
public final class RateFinding {

  /** The sweep's points. */
  public static final String TABLE = "learning-rate.csv";

  /** The sweep as a picture. */
  public static final String CHART = "learning-rate.png";

  private static final int STEPS = 150;
  private static final double LEAST = 1e-5;
  private static final double MOST = 10;
  private static final int REPORTED = 25;

  private RateFinding() {}

  /** Returns the settings, to be applied last, with which a recipe's learning rate rises. */
  public static List<String> settings() {
    return List.of(
        String.format(
            Locale.ROOT,
            "training.learningRate={\"base\":%s,\"schedule\":{\"type\":\"exponential\",\"end\":%s}}",
            LEAST,
            MOST / LEAST),
        "training.steps=" + STEPS);
  }

  /**
   * Trains and writes the table and the picture.
   *
   * @param recipe with {@link #settings}
   * @param directory of the two files
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if data cannot be read or a file cannot be written
   * @throws FailureException if the loss is not finite from the start
   */
  public static <R extends Recipe> void find(
      R recipe, Path directory, boolean strict, PrintWriter out) throws IOException {
    Outputs.requireNew(directory);
    RateSweep sweep;
    try (PreparedTraining<R> training = Tasks.of(recipe).prepare(recipe, strict)) {
      training.description().forEach(out::println);
      Runs.describeSkipped(out, training.skipped());
      out.printf(
          Locale.ROOT, "Learning rates from %s to %s in at most %d steps%n", LEAST, MOST, STEPS);
      out.flush();
      sweep = RateSweep.run(training.plan(directory), STEPS, step -> report(step, out));
    }
    if (sweep.points().size() < 2) {
      throw new FailureException("The loss is not finite from the start, at the lowest rate.");
    }
    Files.createDirectories(directory);
    sweep.writeCsv(directory.resolve(TABLE));
    RateChart.draw(sweep, directory.resolve(CHART));
    out.println("Losses are in " + directory.resolve(TABLE) + " and " + directory.resolve(CHART));
    describe(sweep.suggestion(), out);
    out.flush();
  }

  private static void report(int step, PrintWriter out) {
    if (step % REPORTED == 0) {
      out.println("Step " + step + " of " + STEPS);
      out.flush();
    }
  }

  private static void describe(Optional<RateSweep.Suggestion> suggestion, PrintWriter out) {
    if (suggestion.isEmpty()) {
      out.println("The loss does not fall at any rate, so there is no suggestion.");
      return;
    }
    RateSweep.Suggestion found = suggestion.get();
    out.printf(
        Locale.ROOT,
        "The loss falls most steeply at %.2g; a tenth of the rate of its minimum is %.2g.%n",
        found.steepest(),
        found.tenth());
    out.printf(Locale.ROOT, "Next: train with training.learningRate.base=%.2g%n", found.tenth());
  }
}
