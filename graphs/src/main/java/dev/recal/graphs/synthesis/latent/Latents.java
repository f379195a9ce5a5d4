package dev.recal.graphs.synthesis.latent;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Latent vectors: standard normal values that are a function of a seed.
 *
 * <p>Row i of a seed does not depend on the number of rows. It is the same in every TensorFlow with
 * {@code StatelessRandomNormal} (including 1.15), and equals {@code
 * tf.random.stateless_normal((count, length), (seed, 0))} in Python.
 */
public final class Latents {

  // Below this sine the great circle through two vectors is indistinguishable from a line.
  private static final double FLAT = 1e-6;

  private Latents() {}

  /**
   * Adds the sampling to a graph.
   *
   * @param seed a scalar
   * @param count how many rows, a scalar
   * @param length of a row
   * @return (count, length)
   */
  public static Operand<TFloat32> sampled(
      Ops tf, Operand<TInt64> seed, Operand<TInt32> count, int length) {
    Operand<TInt64> seeds = tf.stack(List.of(seed, tf.constant(0L)));
    Operand<TInt32> shape = tf.stack(List.of(count, tf.constant(length)));
    return tf.random.statelessRandomNormal(shape, seeds, TFloat32.class);
  }

  /**
   * Samples vectors.
   *
   * @param count at least 1
   * @param length of a vector, at least 1
   * @return row-major, (count, length)
   */
  public static float[] draw(long seed, int count, int length) {
    requirePositive("count", count);
    requirePositive("length", length);
    float[] values = new float[Math.multiplyExact(count, length)];
    try (Graph graph = Graphs.create();
        Session session = Sessions.unoptimised(graph)) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> sampled = sampled(tf, tf.constant(seed), tf.constant(count), length);
      try (Result result = session.runner().fetch(sampled).run()) {
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
      }
    }
    return values;
  }

  /**
   * Interpolates between two vectors along the great circle (Shoemake 1985), with linearly changing
   * length: nearly all standard normal vectors have about the same length, and the straight line
   * between two of them passes through shorter ones, which a generator was never trained on.
   *
   * @param share 0 for {@code from}, 1 for {@code to}
   */
  public static float[] between(float[] from, float[] to, double share) {
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          "to: expected the "
              + from.length
              + " values of the vector to start from, but got "
              + to.length
              + ".");
    }
    double fromLength = length(from);
    double toLength = length(to);
    double dot = 0;
    for (int i = 0; i < from.length; i++) {
      dot += (double) from[i] * to[i];
    }
    double product = fromLength * toLength;
    double angle = product == 0 ? 0 : Math.acos(Math.max(-1, Math.min(1, dot / product)));
    double sine = Math.sin(angle);
    boolean line = sine < FLAT;
    double fromShare = line ? 1 - share : Math.sin((1 - share) * angle) / sine;
    double toShare = line ? share : Math.sin(share * angle) / sine;
    double length = (1 - share) * fromLength + share * toLength;
    float[] result = new float[from.length];
    for (int i = 0; i < result.length; i++) {
      result[i] =
          (float)
              (line
                  ? fromShare * from[i] + toShare * to[i]
                  : length * (fromShare * from[i] / fromLength + toShare * to[i] / toLength));
    }
    return result;
  }

  /**
   * Returns a path through several vectors, in equal steps.
   *
   * @param vectors two or more, row-major
   * @param length of a vector
   * @param steps from one vector to the next, at least 1
   * @param closed whether the path returns to the first vector, which is then not repeated
   * @return (segments · steps + 1, length), without the last row if the path is closed
   */
  public static float[] path(float[] vectors, int length, int steps, boolean closed) {
    requirePositive("length", length);
    requirePositive("steps", steps);
    int count = vectors.length / length;
    if (count < 2 || vectors.length % length != 0) {
      throw new IllegalArgumentException(
          "vectors: expected two or more of "
              + length
              + " values, but got "
              + vectors.length
              + " values.");
    }
    int segments = closed ? count : count - 1;
    int rows = segments * steps + (closed ? 0 : 1);
    float[] result = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      int from = row / steps % count;
      float[] vector =
          between(
              row(vectors, length, from),
              row(vectors, length, (from + 1) % count),
              (double) (row % steps) / steps);
      System.arraycopy(vector, 0, result, row * length, length);
    }
    return result;
  }

  /** Returns one of the vectors of a row-major array. */
  public static float[] row(float[] vectors, int length, int index) {
    return Arrays.copyOfRange(vectors, index * length, (index + 1) * length);
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }
}
