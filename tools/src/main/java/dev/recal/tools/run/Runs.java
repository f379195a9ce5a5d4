package dev.recal.tools.run;

import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.metrics.ConfusionHeatMap;
import dev.recal.graphs.recipe.RecipeData;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.Trainer;
import dev.recal.graphs.training.TrainingResult;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Trains in a run's directory. */
public final class Runs {

  private static final int NAMED = 5;

  private Runs() {}

  /** The file of a run's confusion matrix. */
  public static final String CONFUSION = "confusion.png";

  /** Returns {@code runs/NAME}, or the first free {@code runs/NAME-2}, {@code runs/NAME-3} … */
  public static Path free(String name) {
    Path runs = Path.of("runs");
    Path candidate = runs.resolve(name);
    for (int number = 2; Files.exists(candidate); number++) {
      candidate = runs.resolve(name + "-" + number);
    }
    return candidate;
  }

  /** Prints the numbers of used and skipped images. */
  public static void describe(PrintWriter out, RecipeData data) {
    out.println("Training on " + data.training());
    out.println("Evaluating on " + data.evaluation());
    describeSkipped(out, data.skipped());
    out.flush();
  }

  /** Prints the skipped files with reasons; nothing if there are none. */
  public static void describeSkipped(PrintWriter out, List<SkippedItem> skipped) {
    if (!skipped.isEmpty()) {
      out.println("Skipped " + skipped.size() + (skipped.size() == 1 ? " file:" : " files:"));
      skipped.stream().limit(NAMED).forEach(item -> out.println("  " + item + "."));
      if (skipped.size() > NAMED) {
        out.println("  and " + (skipped.size() - NAMED) + " more");
      }
    }
  }

  /**
   * Trains or resumes a run.
   *
   * @param console receives the progress
   * @param plain whether progress is plain lines even on a terminal
   */
  public static TrainingResult train(
      TrainingRun run, RecipeData data, boolean resume, PrintStream console, boolean plain)
      throws IOException {
    try (TrainingLogs log =
            TrainingLogs.inDirectory(run.directory(), ConsoleLogs.choose(console, plain));
        Trainer trainer = new Trainer(run.plan(data), log)) {
      TrainingResult result = resume ? trainer.resume() : trainer.run();
      ConfusionHeatMap.draw(
          result.last().confusion(), run.labels(), run.directory().resolve(CONFUSION));
      return result;
    }
  }
}
