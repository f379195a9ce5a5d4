package dev.recal.graphs.detection.training;

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

/** Two workers that train a detector, as processes on this machine, against one. */
@Tag("slow")
class DataParallelDetectionTest {

  // The weights that the detector's kernels are; not the optimiser's state, of the size of
  // gradients.
  private static final String WEIGHTS = "(backbone|pyramid|retina)/.*";

  @TempDir private Path directory;

  // RetinaNet's loss is a mean over images, each of which has its own normaliser.
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void twoWorkersTrainRetinaNetAsOne() throws Exception {
    String json =
        DetectionTaskTest.RETINA_NET
            .replace('\'', '"')
            .replace("\"steps\": 4", "\"steps\": 20, \"batchStatistics\": \"synchronised\"");
    Path recipe = Files.writeString(directory.resolve("recipe.json"), json);
    Path one = directory.resolve("one");
    Path several = directory.resolve("several");
    try (WorkerProcesses workers =
        WorkerProcesses.start(
            2, RecipeWorker.class, directory, several.toString(), recipe.toString())) {
      workers.awaitSuccess(240);
    }
    RecipeWorker.train(RecipeJson.read(json, List.of()), one, Workers.single());
    Map<String, float[]> expected = RunWeights.read(one, 20, WEIGHTS);
    Map<String, float[]> found = RunWeights.read(several, 20, WEIGHTS);
    assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(20);
    double worst = 0;
    for (Map.Entry<String, float[]> weight : expected.entrySet()) {
      worst = Math.max(worst, RunWeights.difference(found.get(weight.getKey()), weight.getValue()));
    }
    assertThat(worst).isLessThan(1e-5);
    String first = expected.keySet().iterator().next();
    Map<String, float[]> earlier = RunWeights.read(several, 12, WEIGHTS);
    assertThat(RunWeights.difference(earlier.get(first), found.get(first))).isGreaterThan(1e-5);
  }
}
