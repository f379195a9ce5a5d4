package dev.recal.graphs.features;

import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions with fixed random weights: 3×3, stride 2, He-normal, leaky ReLU 0.2. A kernel
 * depends on the seed and its channels only, and is a constant of the graph.
 *
 * @param seed of the weights
 * @param channels of each convolution, which differ
 */
public record RandomConvolutions(long seed, List<Integer> channels) {

  private static final int KERNEL = 3;
  private static final float SLOPE = 0.2f;

  /** Rejects channels below 1. */
  public RandomConvolutions {
    channels = List.copyOf(channels);
    channels.forEach(count -> Arguments.atLeast(1, "channels", count));
  }

  /**
   * Adds the convolutions to a graph.
   *
   * @param images (N, H, W, 3)
   * @return the map after each convolution
   */
  public List<Operand<TFloat32>> build(Ops tf, Operand<TFloat32> images) {
    List<Operand<TFloat32>> maps = new ArrayList<>();
    Operand<TFloat32> map = images;
    for (Operand<TFloat32> kernel : kernels(tf)) {
      map = tf.nn.conv2d(map, kernel, List.of(1L, 2L, 2L, 1L), "SAME");
      map = tf.nn.leakyRelu(map, LeakyRelu.alpha(SLOPE));
      maps.add(map);
    }
    return maps;
  }

  // Drawn here, not in the graph: converters need constant kernels, and lack the random numbers.
  private List<Operand<TFloat32>> kernels(Ops tf) {
    List<Operand<TFloat32>> constants = new ArrayList<>();
    try (Graph graph = Graphs.create();
        Session session = Sessions.onCpu(graph)) {
      Ops drawing = GraphScope.ops(graph);
      Session.Runner runner = session.runner();
      int in = 3;
      for (int out : channels) {
        runner.fetch(drawn(drawing, in, out));
        in = out;
      }
      try (Result kernels = runner.run()) {
        for (int i = 0; i < channels.size(); i++) {
          constants.add(constant(tf, (TFloat32) kernels.get(i)));
        }
      }
    }
    return constants;
  }

  private Operand<TFloat32> drawn(Ops tf, int in, int out) {
    Operand<TFloat32> normal =
        tf.random.statelessRandomNormal(
            tf.constant(new int[] {KERNEL, KERNEL, in, out}),
            tf.constant(new long[] {seed, out}),
            TFloat32.class);
    float deviation = (float) Math.sqrt(2.0 / (KERNEL * KERNEL * in));
    return tf.math.mul(normal, tf.constant(deviation));
  }

  private static Operand<TFloat32> constant(Ops tf, TFloat32 tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    return tf.constant(tensor.shape(), DataBuffers.of(values));
  }
}
