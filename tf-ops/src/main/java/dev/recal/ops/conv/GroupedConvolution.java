package dev.recal.ops.conv;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Grouped convolution, as one operation where the runtime supports it, otherwise as split
 * convolutions.
 *
 * <p>{@code Conv2D} infers groups from the kernel's depth. On the CPU that works with oneDNN, which
 * is on by default, and fails without it. Other runtimes have less support: TensorFlow 1.15 to 2.7
 * fuses a bias or an activation into grouped convolutions and has no kernel for the result, and
 * TensorFlow.js does not support groups. So a portable tower uses split convolutions.
 */
final class GroupedConvolution {

  private GroupedConvolution() {}

  private static Boolean supported;

  /**
   * Returns whether {@code Conv2D} supports groups in this runtime, forward and backward; tested
   * once.
   */
  static synchronized boolean isNative() {
    if (supported == null) {
      supported = isSupported();
    }
    return supported;
  }

  private static boolean isSupported() {
    try (Graph graph = Graphs.create();
        Session session = Sessions.open(graph)) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> x = tf.fill(tf.constant(new int[] {1, 4, 4, 4}), tf.constant(1f));
      Operand<TFloat32> kernel = tf.fill(tf.constant(new int[] {3, 3, 2, 4}), tf.constant(1f));
      Operand<TFloat32> y = tf.nn.conv2d(x, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
      Output<?>[] gradients =
          graph.addGradients(y.asOutput(), new Output<?>[] {x.asOutput(), kernel.asOutput()});
      session.runner().fetch(gradients[0]).fetch(gradients[1]).run().close();
      return true;
    } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException refused) {
      return false;
    }
  }

  /** Computes one convolution per group and concatenates the results. */
  static Operand<TFloat32> split(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, Window.Call call, int groups) {
    List<Output<TFloat32>> xs = tf.split(tf.constant(3), x, (long) groups).output();
    List<Output<TFloat32>> kernels = tf.split(tf.constant(3), kernel, (long) groups).output();
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      parts.add(tf.nn.conv2d(xs.get(g), kernels.get(g), call.strides(), call.padding()));
    }
    return tf.concat(parts, tf.constant(3));
  }
}
