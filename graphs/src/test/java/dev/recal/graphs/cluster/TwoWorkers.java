package dev.recal.graphs.cluster;

import dev.recal.graphs.task.RecipeJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A recipe trained by two workers, as processes on this machine, and by one in this process.
 *
 * @param one the run of a single worker
 * @param two the run of two
 */
public record TwoWorkers(Path one, Path two) {

  private static final int SECONDS = 240;

  /** Trains a recipe twice. */
  public static TwoWorkers train(String json, Path directory)
      throws IOException, InterruptedException {
    Path recipe = Files.writeString(directory.resolve("recipe.json"), json);
    TwoWorkers runs = new TwoWorkers(directory.resolve("one"), directory.resolve("several"));
    try (WorkerProcesses workers =
        WorkerProcesses.start(
            2, RecipeWorker.class, directory, runs.two.toString(), recipe.toString())) {
      workers.awaitSuccess(SECONDS);
    }
    RecipeWorker.train(RecipeJson.read(json, List.of()), runs.one, Workers.single());
    return runs;
  }

  /**
   * Returns the largest differences of both runs' weights by name.
   *
   * @param step of the checkpoints
   * @param names a regular expression
   */
  public Map<String, Double> differences(long step, String names) throws IOException {
    return RunWeights.differences(
        RunWeights.read(one, step, names), RunWeights.read(two, step, names));
  }

  /** Returns the largest change of two workers' weights between two checkpoints by name. */
  public Map<String, Double> changes(long from, long to, String names) throws IOException {
    return RunWeights.differences(
        RunWeights.read(two, from, names), RunWeights.read(two, to, names));
  }
}
