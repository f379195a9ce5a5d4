package dev.recal.ops.conv;

import dev.recal.ops.Shapes;
import dev.recal.ops.gradient.CompositeGradient;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * A convolution of stride 1 whose filter gradient is one product of matrices for each position in
 * the kernel: pixels × channels of the input, transposed, times pixels × channels of the output's
 * gradient.
 *
 * <p>TensorFlow's own operation reorders both maps first. In bfloat16 that costs more than the
 * product where there is little else to do: kernels of one pixel, and larger ones on small maps. On
 * two cores with AMX, batch 16, milliseconds, its operation and products: 1×1 at 56² 64→256 7.1 and
 * 2.9, at 14² 1024→256 7.9 and 2.1, 3×3 at 7² 512→512 17.3 and 5.4; with AVX-512 alone 11.9 and
 * 11.3, 7.1 and 7.3, 30.5 and 15.8. In float32 there is nothing to gain.
 */
final class FilterProducts {

  private static final int MAX_PIXELS = 64;

  private FilterProducts() {}

  /**
   * Returns whether products are the faster form in bfloat16.
   *
   * @param x a map (N, H, W, C)
   */
  static boolean pay(Operand<TFloat32> x, Window window, int groups) {
    if (groups > 1 || window.stride() > 1 || window.dilation() > 1 || !Shapes.hasStaticSize(x)) {
      return false;
    }
    boolean single = window.height() == 1 && window.width() == 1;
    return single || (long) Shapes.height(x) * Shapes.width(x) <= MAX_PIXELS;
  }

  /**
   * Adds the convolution.
   *
   * @param x a map (N, H, W, C), H, W and C static
   * @param kernel (height, width, C, channels), static
   * @param call stride 1, without padding or with the same on both sides
   */
  static Operand<TFloat32> convolve(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, Window.Call call) {
    Operand<TFloat32> y = tf.nn.conv2d(x, kernel, call.strides(), call.padding());
    Shape filter = kernel.shape();
    int rows = Shapes.height(y);
    int columns = Shapes.width(y);
    boolean padded = call.padding().equals("SAME");
    return CompositeGradient.define(
        tf,
        y,
        List.of(x, kernel),
        List.of(),
        (ops, given) -> {
          Operand<TFloat32> dy = given.outputGradient();
          Operand<TFloat32> atX =
              ops.nn.conv2dBackpropInput(
                  ops.shape(given.input(0)), given.input(1), dy, call.strides(), call.padding());
          Operand<TFloat32> map = padded ? pad(ops, given.input(0), filter) : given.input(0);
          return List.of(atX, filterGradient(ops, map, dy, filter, rows, columns));
        });
  }

  private static Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, Shape filter) {
    int[] rows = around(filter.get(0));
    int[] columns = around(filter.get(1));
    return filter.get(0) * filter.get(1) == 1
        ? x
        : tf.pad(x, tf.constant(new int[][] {{0, 0}, rows, columns, {0, 0}}), tf.constant(0f));
  }

  // Of an even number of pixels, TensorFlow adds the last one below or on the right.
  private static int[] around(long size) {
    int before = (int) (size - 1) / 2;
    return new int[] {before, (int) size - 1 - before};
  }

  private static Operand<TFloat32> filterGradient(
      Ops tf, Operand<TFloat32> map, Operand<TFloat32> dy, Shape filter, int rows, int columns) {
    int in = (int) filter.get(2);
    int out = (int) filter.get(3);
    Operand<TFloat32> outer = tf.reshape(dy, tf.constant(new int[] {-1, out}));
    boolean single = filter.get(0) * filter.get(1) == 1;
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int i = 0; i < filter.get(0); i++) {
      for (int j = 0; j < filter.get(1); j++) {
        Operand<TFloat32> shifted =
            single
                ? map
                : tf.slice(
                    map,
                    tf.constant(new int[] {0, i, j, 0}),
                    tf.constant(new int[] {-1, rows, columns, in}));
        Operand<TFloat32> inner = tf.reshape(shifted, tf.constant(new int[] {-1, in}));
        parts.add(tf.linalg.matMul(inner, outer, MatMul.transposeA(true)));
      }
    }
    Operand<TFloat32> all = single ? parts.get(0) : tf.concat(parts, tf.constant(0));
    int[] shape = {(int) filter.get(0), (int) filter.get(1), in, out};
    return tf.reshape(all, tf.constant(shape));
  }
}
