package dev.recal.graphs.cluster;

import dev.recal.ops.checkpoint.CheckpointIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;

/** The weights in a run's checkpoint, to compare runs. */
public final class RunWeights {

  private RunWeights() {}

  /**
   * Reads weights.
   *
   * @param run the directory
   * @param step of the checkpoint
   * @param names a regular expression
   */
  public static Map<String, float[]> read(Path run, long step, String names) throws IOException {
    String prefix = run.resolve("checkpoints/step-%09d/variables".formatted(step)).toString();
    List<String> chosen =
        CheckpointIndex.read(prefix).tensors().keySet().stream()
            .filter(name -> name.matches(names))
            .toList();
    Map<String, float[]> weights = new TreeMap<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      String[] all = chosen.toArray(new String[0]);
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

  /**
   * Returns the largest difference of each of two runs' weights.
   *
   * @throws IllegalArgumentException if they have other names
   */
  public static Map<String, Double> differences(Map<String, float[]> a, Map<String, float[]> b) {
    if (!a.keySet().equals(b.keySet())) {
      throw new IllegalArgumentException(
          "names: expected " + a.keySet() + ", but got " + b.keySet() + ".");
    }
    Map<String, Double> differences = new TreeMap<>();
    a.forEach((name, values) -> differences.put(name, difference(values, b.get(name))));
    return differences;
  }

  /** Returns the largest difference of two weights. */
  public static double difference(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
  }
}
