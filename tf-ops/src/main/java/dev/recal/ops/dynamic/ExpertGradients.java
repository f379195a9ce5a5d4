package dev.recal.ops.dynamic;

import dev.recal.ops.conv.Window;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradients of the map and of the experts, expert by expert, each with the output's gradient
 * times the pixel's share: E convolutions and E products. With fewer pixels than experts in a
 * region of an image this is less than the generation of filters.
 *
 * @param map (N, H, W, C)
 * @param kernels (E, k²·C·O)
 */
record ExpertGradients(Operand<TFloat32> map, Operand<TFloat32> kernels) {

  /** Returns whether a layer is better computed like this. */
  static boolean suits(long pixels, Filters filters, Window window) {
    return pixels > 0
        && pixels <= 2L * filters.regions() * filters.width()
        && (window.height() > 1 || window.stride() == 1);
  }

  /**
   * Computes the gradients.
   *
   * @param x (N, H, W, C)
   * @param groups (N·P): n·m + region
   * @param upstream ∂L/∂y, (N·P, O)
   */
  static ExpertGradients of(
      Ops tf,
      Operand<TFloat32> x,
      PatchGrid grid,
      Window window,
      ExpertFilters filters,
      Operand<TInt32> groups,
      Operand<TFloat32> upstream,
      Chain chain) {
    long experts = filters.experts();
    Operand<TFloat32> shares = tf.gather(filters.shares(), groups, tf.constant(0));
    List<Output<TFloat32>> kernels = tf.split(tf.constant(0), filters.kernels(), experts).output();
    int size = window.height();
    Operand<TInt32> form = tf.constant(new int[] {size, size, grid.channels(), filters.outputs()});
    Operand<TInt32> result =
        tf.stack(
            List.of(grid.images(), grid.height(), grid.width(), tf.constant(filters.outputs())));
    Operand<TFloat32> patches =
        tf.reshape(grid.all(tf), tf.constant(new int[] {-1, filters.depth()}));
    Operand<TInt32> padded = tf.shape(RegionResults.padded(tf, x, window));
    long stride = window.stride();
    List<Long> strides = List.of(1L, stride, stride, 1L);
    Operand<TFloat32> map = null;
    Operand<TFloat32> all = Chain.zeros(tf, tf.shape(filters.kernels()));
    Operand<TInt32> whole = tf.constant(new int[] {-1, 1});
    for (int e = 0; e < experts; e++) {
      Operand<TInt32> column = chain.next(tf.constant(new int[] {0, e}));
      Operand<TFloat32> given = tf.math.mul(upstream, tf.slice(shares, column, whole));
      Operand<TFloat32> own =
          tf.nn.conv2dBackpropInput(
              padded,
              tf.reshape(kernels.get(e), form),
              tf.reshape(given, result),
              strides,
              "VALID");
      map = map == null ? own : Chain.added(tf, map, own);
      Operand<TFloat32> kernel =
          tf.reshape(
              tf.linalg.matMul(patches, given, MatMul.transposeA(true)),
              tf.constant(new int[] {1, filters.depth() * filters.outputs()}));
      all = tf.inplaceUpdate(all, tf.constant(new int[] {e}), kernel);
      chain.end(map, all);
    }
    Operand<TFloat32> rows = tf.reshape(map, tf.constant(new int[] {-1, grid.channels()}));
    return new ExpertGradients(PatchGrid.unpadded(tf, rows, x, window), all);
  }
}
