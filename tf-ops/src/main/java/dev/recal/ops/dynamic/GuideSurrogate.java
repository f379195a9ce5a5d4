package dev.recal.ops.dynamic;

import dev.recal.ops.Products;
import dev.recal.ops.gradient.CompositeGradient;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradient of the guide, which replaces the choice of a region by a softmax: with g_j(p) =
 * ⟨∂L/∂y(p), (W_{n,j} ∗ x)(p)⟩ and s = softmax(F), ∂L/∂F_j = s_j · (g_j − Σ_i s_i g_i).
 *
 * <p>The backward pass needs the results of all m filters at every pixel, see {@link
 * RegionResults}.
 */
final class GuideSurrogate {

  private GuideSurrogate() {}

  /** Returns {@code y} of a single region, whose guide has a gradient of zero. */
  static Operand<TFloat32> ofOneRegion(Ops tf, Operand<TFloat32> y, Operand<TFloat32> guide) {
    return CompositeGradient.define(
        tf,
        y,
        List.of(y, guide),
        List.of(),
        (ops, call) -> List.of(call.outputGradient(), ops.zerosLike(call.input(1))));
  }

  /**
   * Returns the guide's gradient.
   *
   * @param guide (N, H', W', m)
   * @param gains g, (N·P, m)
   */
  static Operand<TFloat32> gradient(Ops tf, Operand<TFloat32> guide, Operand<TFloat32> gains) {
    Operand<TInt32> second = tf.constant(1);
    Operand<TFloat32> softmax = tf.nn.softmax(tf.reshape(guide, tf.shape(gains)));
    Operand<TFloat32> mean =
        tf.expandDims(tf.reduceSum(tf.math.mul(softmax, gains), second), second);
    Operand<TFloat32> gradient = tf.math.mul(softmax, tf.math.sub(gains, mean));
    return tf.reshape(gradient, tf.shape(guide));
  }

  /**
   * Returns {@code y} with the same gradient in TensorFlow's own operations, for graphs that are
   * trained outside Java: y + (r − r) with r = Σ_j s_j · (W_{n,j} ∗ x), of which only the first r
   * has a gradient, and for s alone. All m products are computed in the forward pass and kept.
   */
  static Operand<TFloat32> inTensorFlowOps(
      Ops tf,
      Operand<TFloat32> y,
      Operand<TFloat32> guide,
      PatchGrid grid,
      Filters filters,
      int regions) {
    if (regions == 1) {
      return y;
    }
    Operand<TFloat32> all = Products.batched(tf, grid.all(tf), filters.sideBySide(tf));
    Operand<TFloat32> byRegion =
        tf.reshape(tf.stopGradient(all), tf.constant(new int[] {-1, regions, filters.outputs()}));
    Operand<TFloat32> softmax =
        tf.nn.softmax(tf.reshape(guide, tf.constant(new int[] {-1, regions})));
    Operand<TFloat32> weighted = tf.math.mul(byRegion, tf.expandDims(softmax, tf.constant(2)));
    Operand<TFloat32> mean = tf.reshape(tf.reduceSum(weighted, tf.constant(1)), tf.shape(y));
    return tf.math.add(y, tf.math.sub(mean, tf.stopGradient(mean)));
  }
}
