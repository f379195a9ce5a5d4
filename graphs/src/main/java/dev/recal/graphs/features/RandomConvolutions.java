package dev.recal.graphs.features;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions with fixed random weights: 3×3, stride 2, He-normal, leaky ReLU 0.2. A kernel
 * depends on the seed and its channels only.
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
    int in = 3;
    for (int out : channels) {
      map = tf.nn.conv2d(map, kernel(tf, in, out), List.of(1L, 2L, 2L, 1L), "SAME");
      map = tf.nn.leakyRelu(map, LeakyRelu.alpha(SLOPE));
      maps.add(map);
      in = out;
    }
    return maps;
  }

  private Operand<TFloat32> kernel(Ops tf, int in, int out) {
    Operand<TFloat32> normal =
        tf.random.statelessRandomNormal(
            tf.constant(new int[] {KERNEL, KERNEL, in, out}),
            tf.constant(new long[] {seed, out}),
            TFloat32.class);
    float deviation = (float) Math.sqrt(2.0 / (KERNEL * KERNEL * in));
    return tf.math.mul(normal, tf.constant(deviation));
  }
}
