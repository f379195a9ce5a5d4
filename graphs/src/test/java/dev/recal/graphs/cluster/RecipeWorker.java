package dev.recal.graphs.cluster;

import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.Tasks;
import dev.recal.graphs.training.LoopOptions;
import dev.recal.graphs.training.StopSignal;
import dev.recal.graphs.training.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One worker of a run of any recipe. */
public final class RecipeWorker {

  private RecipeWorker() {}

  /** Arguments: addresses, task, directory of the run, file of the recipe. */
  public static void main(String[] arguments) throws Exception {
    Cluster cluster = Cluster.of(arguments[0], Integer.parseInt(arguments[1]));
    Recipe recipe = RecipeJson.read(Files.readString(Path.of(arguments[3])), List.of());
    train(recipe, Path.of(arguments[2]), new ClusterWorkers(cluster, System.out::println));
    // TensorFlow's server cannot be stopped.
    System.exit(0);
  }

  /** Trains in this process. */
  public static <R extends Recipe> void train(R recipe, Path run, Workers workers)
      throws IOException {
    LoopOptions options = new LoopOptions(Map.of(), new StopSignal(), workers);
    try (PreparedTraining<R> training = Tasks.of(recipe).prepare(recipe, true)) {
      new TrainingLoop(training.plan(run), new TrainingLog.Silent(), options).resume();
    }
  }
}
