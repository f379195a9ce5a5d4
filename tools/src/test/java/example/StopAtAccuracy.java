package example;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.ObserverLog;
import dev.recal.graphs.training.StopSignal;
import dev.recal.graphs.training.TrainingObserver;
import dev.recal.graphs.training.TrainingStoppedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** StopAtAccuracy RECIPE DIRECTORY ACCURACY: trains until an evaluation reaches an accuracy. */
public final class StopAtAccuracy {

  private StopAtAccuracy() {}

  /** Stops a run at an accuracy from 0 to 1. */
  record Reached(double accuracy) implements TrainingObserver {

    @Override
    public Optional<String> evaluated(EvaluationReport report) {
      double top1 = report.top1().orElse(0);
      return top1 >= accuracy
          ? Optional.of("Accuracy " + top1 + " is reached at step " + report.step() + ".")
          : Optional.empty();
    }
  }

  public static void main(String[] args) throws IOException {
    ClassificationRecipe recipe =
        RecipeJson.read(Files.readString(Path.of(args[0])), List.of(), ClassificationRecipe.class);
    TrainingObserver observer = new Reached(Double.parseDouble(args[2]));
    StopSignal signal = new StopSignal();
    try (PreparedClassification training = new ClassificationTask().prepare(recipe, false)) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(Path.of(args[1]), training);
      ObserverLog log = new ObserverLog(ConsoleLogs.choose(System.out, false), observer, signal);
      run.train(training, log, signal, Workers.single());
      System.out.println("The run ended before it reached the accuracy.");
    } catch (TrainingStoppedException stopped) {
      System.out.println("Stopped at step " + stopped.step() + ".");
    }
  }
}
