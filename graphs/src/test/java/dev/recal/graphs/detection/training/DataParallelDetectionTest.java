package dev.recal.graphs.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.cluster.RecipeWorker;
import dev.recal.graphs.cluster.WorkerProcesses;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.checkpoint.CheckpointIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;

/** Two workers that train a detector, as processes on this machine, against one. */
@Tag("slow")
class DataParallelDetectionTest {

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
    Map<String, float[]> expected = weights(one, 20);
    Map<String, float[]> found = weights(several, 20);
    assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(20);
    double worst = 0;
    for (Map.Entry<String, float[]> weight : expected.entrySet()) {
      worst = Math.max(worst, difference(found.get(weight.getKey()), weight.getValue()));
    }
    assertThat(worst).isLessThan(1e-5);
    String first = expected.keySet().iterator().next();
    assertThat(difference(weights(several, 12).get(first), found.get(first))).isGreaterThan(1e-5);
  }

  private static double difference(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
  }

  // The weights that the detector's kernels are; not the optimiser's state, of the size of
  // gradients.
  private static Map<String, float[]> weights(Path run, long step) throws Exception {
    String prefix = run.resolve("checkpoints/step-%09d/variables".formatted(step)).toString();
    List<String> names =
        CheckpointIndex.read(prefix).tensors().keySet().stream()
            .filter(name -> name.matches("(backbone|pyramid|retina)/.*"))
            .toList();
    Map<String, float[]> weights = new TreeMap<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      String[] all = names.toArray(new String[0]);
      Restore restore =
          tf.train.restore(
              tf.constant(prefix),
              tf.array(all),
              tf.array(Collections.nCopies(all.length, "").toArray(new String[0])),
              Collections.nCopies(all.length, TFloat32.class));
      Session.Runner runner = session.runner();
      restore.tensors().forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < all.length; i++) {
          float[] values = new float[(int) result.get(i).shape().size()];
          ((TFloat32) result.get(i)).copyTo(DataBuffers.of(values));
          weights.put(all[i], values);
        }
      }
    }
    return weights;
  }
}
