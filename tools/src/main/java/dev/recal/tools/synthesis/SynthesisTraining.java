package dev.recal.tools.synthesis;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.synthesis.training.SynthesisResult;
import dev.recal.graphs.synthesis.training.SynthesisRun;
import dev.recal.graphs.synthesis.training.SynthesisTrainer;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Trains in a run's directory.
 *
 * @param run the run
 * @param data its opened images
 * @param distance the distance for reconstructions
 */
public record SynthesisTraining(SynthesisRun run, DataSet data, ImageDistance distance) {

  /** Prints the network, the images and the skipped files. */
  public void describe(PrintWriter out) {
    SynthesisRecipe recipe = run.recipe();
    int count = data.count();
    out.printf(
        Locale.ROOT,
        "Training a generator of %d×%d on %,d image%s of %s%n",
        recipe.network().size(),
        recipe.network().size(),
        count,
        count == 1 ? "" : "s",
        data.name());
    if (count < recipe.training().batch()) {
      out.println(
          "There are fewer images than the batch size "
              + recipe.training().batch()
              + ": a batch contains some of them several times"
              + (count == 1 ? ", and the generator will learn nothing but this image." : "."));
    }
    Runs.describeSkipped(out, data.skipped());
    out.println("Run " + run.directory());
    out.flush();
  }

  /**
   * Trains or resumes a run.
   *
   * @param console receives the progress
   * @param plain whether progress is plain lines even on a terminal
   */
  public SynthesisResult train(boolean goingOn, PrintStream console, boolean plain)
      throws IOException {
    console.println("Reconstructions are compared by " + distance.description() + ".");
    try (TrainingLogs log = run.logs(ConsoleLogs.choose(console, plain));
        SynthesisTrainer trainer = new SynthesisTrainer(run.plan(data, distance), log)) {
      console.printf(
          Locale.ROOT,
          "Parameters: generator %,d, discriminator %,d%n",
          trainer.generatorParameters(),
          trainer.discriminatorParameters());
      return goingOn ? trainer.resume() : trainer.run();
    }
  }
}
