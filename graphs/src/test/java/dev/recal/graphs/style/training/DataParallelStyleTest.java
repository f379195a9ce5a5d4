package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.cluster.RecipeWorker;
import dev.recal.graphs.cluster.RunWeights;
import dev.recal.graphs.cluster.WorkerProcesses;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.task.RecipeJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two workers that train a style network, as processes on this machine, against one. */
@Tag("slow")
class DataParallelStyleTest {

  // Offsets before a norm have no effect: their gradient is rounding noise, which Adam enlarges.
  private static final String WEIGHTS = "(down|block|up|output).*/kernel";

  @TempDir private Path directory;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void twoWorkersTrainAsOne() throws Exception {
    String json =
        StyleTaskTest.TINY
            .replace('\'', '"')
            .replace("\"steps\": 4", "\"steps\": 6, \"batchStatistics\": \"synchronised\"");
    Path recipe = Files.writeString(directory.resolve("recipe.json"), json);
    Path one = directory.resolve("one");
    Path several = directory.resolve("several");
    try (WorkerProcesses workers =
        WorkerProcesses.start(
            2, RecipeWorker.class, directory, several.toString(), recipe.toString())) {
      workers.awaitSuccess(240);
    }
    RecipeWorker.train(RecipeJson.read(json, List.of()), one, Workers.single());
    Map<String, float[]> expected = RunWeights.read(one, 6, WEIGHTS);
    Map<String, float[]> found = RunWeights.read(several, 6, WEIGHTS);
    assertThat(found).hasSameSizeAs(expected).hasSize(8);
    // Adam's first steps have nearly the size of the rate, 1e-3, whatever the gradient.
    expected.forEach(
        (name, values) ->
            assertThat(RunWeights.difference(found.get(name), values)).as(name).isLessThan(1e-4));
    String first = expected.keySet().iterator().next();
    Map<String, float[]> earlier = RunWeights.read(several, 4, WEIGHTS);
    assertThat(RunWeights.difference(earlier.get(first), found.get(first))).isGreaterThan(1e-4);
  }
}
