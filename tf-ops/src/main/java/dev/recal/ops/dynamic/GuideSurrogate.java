package dev.recal.ops.dynamic;

import dev.recal.ops.Products;
import dev.recal.ops.conv.Window;
import dev.recal.ops.gradient.CompositeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradient of the guide, which replaces the choice of a region by a softmax: with g_j(p) =
 * ⟨∂L/∂y(p), (W_{n,j} ∗ x)(p)⟩ and s = softmax(F), ∂L/∂F_j = s_j · (g_j − Σ_i s_i g_i).
 *
 * <p>The backward pass applies all m filters to every patch, see {@link GuideGains}; the forward
 * pass keeps nothing for it.
 */
final class GuideSurrogate {

  private GuideSurrogate() {}

  /**
   * Returns {@code y} with a gradient for the guide in addition to its own gradients.
   *
   * @param y (N, H', W', O)
   * @param guide (N, H', W', m)
   * @param x (N, H, W, C)
   */
  static Operand<TFloat32> attach(
      Ops tf,
      Operand<TFloat32> y,
      Operand<TFloat32> guide,
      Operand<TFloat32> x,
      Filters filters,
      Window window,
      int regions) {
    List<Operand<TFloat32>> saved = new ArrayList<>();
    saved.add(x);
    saved.addAll(filters.sources());
    return CompositeGradient.define(
        tf, y, List.of(y, guide), saved, backward(filters, window, x.shape(), regions));
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

  // Captures only numbers; operands are taken from the call.
  private static CompositeGradient.Backward backward(
      Filters filters, Window window, Shape shape, int regions) {
    GuideGains gainsForm = GuideGains.of(shape, window, filters, regions);
    Function<List<Operand<TFloat32>>, Filters> form = filters.form();
    return (tf, call) -> {
      Operand<TFloat32> guide = call.input(1);
      if (regions == 1) {
        return List.of(call.outputGradient(), tf.zerosLike(guide));
      }
      Filters own = form.apply(call.saved().subList(1, call.saved().size()));
      Operand<TFloat32> gains =
          gainsForm.build(tf, call.saved(0), shape, window, own, regions, call.outputGradient());
      Operand<TInt32> rows = tf.constant(new int[] {-1, regions});
      Operand<TFloat32> softmax = tf.nn.softmax(tf.reshape(guide, rows));
      Operand<TFloat32> mean =
          tf.expandDims(tf.reduceSum(tf.math.mul(softmax, gains), tf.constant(1)), tf.constant(1));
      Operand<TFloat32> gradient = tf.math.mul(softmax, tf.math.sub(gains, mean));
      return List.of(call.outputGradient(), tf.reshape(gradient, tf.shape(guide)));
    };
  }
}
