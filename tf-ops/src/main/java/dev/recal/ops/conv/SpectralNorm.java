package dev.recal.ops.conv;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Variable;
import dev.recal.ops.initializer.Normal;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Spectral normalisation of a kernel: w / σ₁(w), with w as a matrix W of outputs by the rest.
 *
 * <p>Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks" (arXiv
 * 1802.05957); official code: github pfnet-research/sngan_projection (Chainer), in PyTorch {@code
 * torch.nn.utils.spectral_norm}. σ₁ is uᵀWv. Training takes v = Wᵀu / |Wᵀu| from the stored u, one
 * step of power iteration u = Wv / |Wv|, and stores that; inference takes v from the stored u. The
 * gradient goes through W in uᵀWv and takes u and v as constants, as in PyTorch. Two differences
 * from PyTorch: v is not stored, since it is computed from u; and a kernel of zeros stays zero,
 * whereas PyTorch divides by zero.
 *
 * <p>Variable: {@code kernel_u} (outputs), a statistic, N(0, 1) initially.
 */
public final class SpectralNorm {

  private static final float MIN_NORM = 1e-12f;

  private SpectralNorm() {}

  /**
   * Returns a kernel divided by its largest singular value.
   *
   * @param context the layer's scope, in which {@code kernel_u} is created
   * @param kernel of fully known shape, for example (H, W, in, out)
   * @param outputs the axis of the outputs: the last one of a convolution and of a dense layer, the
   *     third of a transposed convolution
   * @return a kernel of the same shape
   */
  public static Operand<TFloat32> normalise(
      BuildContext context, Operand<TFloat32> kernel, int outputs) {
    BuildContext scope = context.at("spectral");
    // Products of the kernel alone are not counted for an image.
    scope.multiplyAdds(0);
    Ops tf = scope.tf();
    int count = (int) kernel.shape().get(outputs);
    Variable<TFloat32> stored = context.statistic("kernel_u", Shape.of(count), new Normal(0f, 1f));
    Operand<TFloat32> column = tf.reshape(stored.read(), tf.constant(new int[] {count, 1}));
    // Wᵀ: the order of the rest does not change a singular value.
    Operand<TFloat32> matrix =
        tf.reshape(outputsLast(tf, kernel, outputs), tf.constant(new int[] {-1, count}));
    Operand<TFloat32> v = tf.stopGradient(unit(tf, tf.linalg.matMul(matrix, column)));
    Operand<TFloat32> image = tf.linalg.matMul(matrix, v, MatMul.transposeA(true));
    Operand<TFloat32> u = tf.stopGradient(unit(tf, context.training() ? image : column));
    context.movingAverage(stored, tf.reshape(u, tf.constant(new int[] {count})), 0f);
    Operand<TFloat32> sigma = tf.reduceSum(tf.math.mul(u, image), tf.constant(new int[] {0, 1}));
    return tf.math.div(kernel, tf.math.maximum(sigma, tf.constant(MIN_NORM)));
  }

  /**
   * Returns kernels, each divided by its own largest singular value, computed together.
   *
   * @param joint for operations
   * @param scopes the layers' scopes, in each of which a {@code kernel_u} is created
   * @param kernels of fully known shape, concatenated; the last axis is that of the outputs
   * @param axis along which the kernels are concatenated: the first, or the last but one
   * @return kernels of the same shape
   */
  public static Operand<TFloat32> normaliseEach(
      BuildContext joint, List<BuildContext> scopes, Operand<TFloat32> kernels, long axis) {
    Ops tf = joint.tf();
    Shape shape = kernels.shape();
    int count = scopes.size();
    int outputs = (int) shape.get(shape.numDimensions() - 1);
    boolean first = axis == 0;
    // (G, rest, outputs) or (rest, G, outputs).
    int rest = first ? 1 : 0;
    int[] size = first ? new int[] {count, -1, outputs} : new int[] {-1, count, outputs};
    Operand<TFloat32> matrices = tf.reshape(kernels, tf.constant(size));
    List<Variable<TFloat32>> stored =
        scopes.stream()
            .map(scope -> scope.statistic("kernel_u", Shape.of(outputs), new Normal(0f, 1f)))
            .toList();
    Operand<TFloat32> before =
        tf.expandDims(
            tf.stack(stored.stream().<Operand<TFloat32>>map(Variable::read).toList()),
            tf.constant(rest));
    Operand<TFloat32> v =
        tf.stopGradient(units(tf, total(tf, tf.math.mul(matrices, before), 2), rest));
    Operand<TFloat32> image = total(tf, tf.math.mul(matrices, v), rest);
    Operand<TFloat32> u = tf.stopGradient(units(tf, joint.training() ? image : before, 2));
    List<Output<TFloat32>> next =
        tf.split(tf.constant(0), tf.reshape(u, tf.constant(new int[] {-1})), (long) count).output();
    for (int i = 0; i < count; i++) {
      scopes.get(i).movingAverage(stored.get(i), next.get(i), 0f);
    }
    Operand<TFloat32> sigmas = total(tf, tf.math.mul(u, image), 2);
    Operand<TFloat32> normal =
        tf.math.div(matrices, tf.math.maximum(sigmas, tf.constant(MIN_NORM)));
    return tf.reshape(normal, tf.constant(shape));
  }

  private static Operand<TFloat32> total(Ops tf, Operand<TFloat32> x, int axis) {
    return tf.reduceSum(x, tf.constant(new int[] {axis}), ReduceSum.keepDims(true));
  }

  private static Operand<TFloat32> units(Ops tf, Operand<TFloat32> vectors, int axis) {
    Operand<TFloat32> length = tf.math.sqrt(total(tf, tf.math.square(vectors), axis));
    return tf.math.div(vectors, tf.math.maximum(length, tf.constant(MIN_NORM)));
  }

  private static Operand<TFloat32> outputsLast(Ops tf, Operand<TFloat32> kernel, int outputs) {
    int rank = kernel.shape().numDimensions();
    if (outputs == rank - 1) {
      return kernel;
    }
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i < outputs ? i : i + 1);
    order[rank - 1] = outputs;
    return tf.linalg.transpose(kernel, tf.constant(order));
  }

  private static Operand<TFloat32> unit(Ops tf, Operand<TFloat32> vector) {
    Operand<TFloat32> squares = tf.reduceSum(tf.math.square(vector), tf.constant(new int[] {0, 1}));
    return tf.math.div(vector, tf.math.maximum(tf.math.sqrt(squares), tf.constant(MIN_NORM)));
  }
}
