package dev.recal.ops.norm;

import dev.recal.ops.gradient.CompositeGradient;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.nn.FusedBatchNormGrad;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch norm over the batch statistics whose backward pass is a part of the graph that can itself
 * be differentiated, for gradient penalties: with c = x − μ, r = (v + ε)^−½ and means over pixels,
 *
 * <pre>
 * y  = γ r c + β
 * dx = γ r (dy − mean dy − c r² mean(dy c))
 * </pre>
 *
 * <p>Forward and backward passes are TensorFlow's fused kernels. TensorFlow has no gradient for the
 * second one. For u, the gradient of a loss at dx, with p = mean(dy c), q = mean(u c) and D =
 * mean(u dy) − mean u · mean dy, it is
 *
 * <pre>
 * at dy: γ r (u − mean u − c r² q), the same kernel again
 * at x:  −γ r³ ((u − mean u) p + (dy − mean dy) q + c (D − 3 r² p q))
 * at γ:  N r (D − r² p q)
 * </pre>
 *
 * <p>p and q are what the kernel returns as the gradients of γ, so only D takes a pass of its own.
 */
public final class BatchNormPass {

  private static final int[] PIXELS = {0, 1, 2};

  private final FusedBatchNorm<TFloat32, TFloat32> norm;
  private final Operand<TFloat32> x;
  private final Operand<TFloat32> scale;
  private final float epsilon;
  private final float count;

  private BatchNormPass(
      FusedBatchNorm<TFloat32, TFloat32> norm,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      float epsilon) {
    this.norm = norm;
    this.x = x;
    this.scale = scale;
    this.epsilon = epsilon;
    this.count = (float) (x.shape().size() / x.shape().get(3));
  }

  /**
   * Adds the forward pass.
   *
   * @param x (N, H, W, C), static, of more than one pixel
   * @param scale γ, (C)
   * @param offset β, (C)
   * @param epsilon added to variances
   */
  static BatchNormPass of(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      float epsilon) {
    Operand<TFloat32> empty = tf.constant(new float[0]);
    FusedBatchNorm<TFloat32, TFloat32> norm =
        tf.nn.fusedBatchNorm(x, scale, offset, empty, empty, FusedBatchNorm.epsilon(epsilon));
    return new BatchNormPass(norm, x, scale, epsilon);
  }

  /** Returns the normalised map, of the shape of x. */
  public Operand<TFloat32> y() {
    return norm.y();
  }

  /**
   * Adds the backward pass.
   *
   * @param dy the gradient at the normalised map
   * @return the gradient at x, which has gradients at {@code dy}, x and γ
   */
  public Operand<TFloat32> backward(Ops tf, Operand<TFloat32> dy) {
    Kernel kernel =
        new Kernel(norm.reserveSpace1(), norm.reserveSpace2(), norm.reserveSpace3(), epsilon);
    FusedBatchNormGrad<TFloat32, TFloat32> first = kernel.run(tf, dy, x, scale);
    // The reserved values differ between devices; these do not.
    Operand<TFloat32> variance =
        tf.math.mul(norm.batchVariance(), tf.constant((count - 1) / count));
    Operand<TFloat32> root = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
    float pixels = count;
    float added = epsilon;
    return CompositeGradient.define(
        tf,
        first.xBackprop(),
        List.of(dy, x, scale),
        List.of(
            first.scaleBackprop(),
            first.offsetBackprop(),
            norm.batchMean(),
            root,
            norm.reserveSpace1(),
            norm.reserveSpace2(),
            norm.reserveSpace3()),
        (ops, call) -> second(ops, call, pixels, added));
  }

  /** The fused gradient kernel and what the forward pass left for it. */
  private record Kernel(
      Operand<TFloat32> reserved1,
      Operand<TFloat32> reserved2,
      Operand<TFloat32> reserved3,
      float epsilon) {

    FusedBatchNormGrad<TFloat32, TFloat32> run(
        Ops tf, Operand<TFloat32> dy, Operand<TFloat32> x, Operand<TFloat32> scale) {
      return tf.nn.fusedBatchNormGrad(
          dy, x, scale, reserved1, reserved2, reserved3, FusedBatchNormGrad.epsilon(epsilon));
    }
  }

  private static List<Operand<TFloat32>> second(
      Ops tf, CompositeGradient.Call call, float pixels, float epsilon) {
    Operand<TFloat32> u = call.outputGradient();
    Operand<TFloat32> dy = call.input(0);
    Operand<TFloat32> x = call.input(1);
    Operand<TFloat32> scale = call.input(2);
    Operand<TFloat32> root = call.saved(3);
    FusedBatchNormGrad<TFloat32, TFloat32> kernel =
        new Kernel(call.saved(4), call.saved(5), call.saved(6), epsilon).run(tf, u, x, scale);

    // Of each channel, (C). The kernel returns sums of r · u · c and of u.
    Operand<TFloat32> share = tf.constant(1 / pixels);
    Operand<TFloat32> p = tf.math.div(tf.math.mul(call.saved(0), share), root);
    Operand<TFloat32> q = tf.math.div(tf.math.mul(kernel.scaleBackprop(), share), root);
    Operand<TFloat32> dyMean = tf.math.mul(call.saved(1), share);
    Operand<TFloat32> uMean = tf.math.mul(kernel.offsetBackprop(), share);
    Operand<TInt32> axes = tf.constant(PIXELS);
    Operand<TFloat32> covariance =
        tf.math.sub(tf.math.mean(tf.math.mul(u, dy), axes), tf.math.mul(uMean, dyMean));
    Operand<TFloat32> squaredRoot = tf.math.mul(root, root);
    Operand<TFloat32> product = tf.math.mul(squaredRoot, tf.math.mul(p, q));

    Operand<TFloat32> factor = tf.math.neg(tf.math.mul(scale, tf.math.mul(root, squaredRoot)));
    Operand<TFloat32> ofU = tf.math.mul(factor, p);
    Operand<TFloat32> ofDy = tf.math.mul(factor, q);
    Operand<TFloat32> ofX =
        tf.math.mul(factor, tf.math.sub(covariance, tf.math.mul(tf.constant(3f), product)));
    Operand<TFloat32> means =
        tf.math.addN(
            List.of(
                tf.math.mul(ofU, uMean),
                tf.math.mul(ofDy, dyMean),
                tf.math.mul(ofX, call.saved(2))));
    Operand<TFloat32> atX =
        tf.nn.biasAdd(
            tf.math.addN(List.of(tf.math.mul(u, ofU), tf.math.mul(dy, ofDy), tf.math.mul(x, ofX))),
            tf.math.neg(means));
    Operand<TFloat32> atScale =
        tf.math.mul(tf.math.mul(tf.constant(pixels), root), tf.math.sub(covariance, product));
    return List.of(kernel.xBackprop(), atX, atScale);
  }
}
