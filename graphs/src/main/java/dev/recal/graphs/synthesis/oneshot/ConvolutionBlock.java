package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.BatchNormPass;
import dev.recal.ops.norm.JointBatchNorm;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.data.LeakyReluGrad;
import org.tensorflow.types.TFloat32;

/**
 * A 3×3 convolution without padding, batch norm and leaky ReLU: what generators and critics of all
 * scales consist of. Two rows and columns are lost.
 *
 * <p>The convolution has a bias, as published, though it cancels: see {@link JointBatchNorm}.
 *
 * <p>Variables: {@code kernel}, {@code bias}, {@code bn/*}. Kernels start at N(0, 0.02²), γ at N(1,
 * 0.02²).
 */
final class ConvolutionBlock {

  static final Normal KERNEL = new Normal(0f, 0.02f);
  static final Normal GAMMA = new Normal(1f, 0.02f);

  private static final JointBatchNorm NORM = new JointBatchNorm(BatchNorm.defaults(), GAMMA);
  private static final Window WINDOW = new Window(3, 3, 1, Padding.VALID, 1);

  private ConvolutionBlock() {}

  /** A 3×3 convolution without padding, with bias, in its scope. */
  static Operand<TFloat32> convolution(BuildContext context, Operand<TFloat32> x, int channels) {
    return Conv2d.of(channels, 3)
        .padding(Padding.VALID)
        .biased()
        .initializer(KERNEL)
        .build(context, x);
  }

  /**
   * A block in training phase with what its backward pass needs; stored statistics are not updated.
   *
   * @param x the block's input
   * @param kernel of the convolution
   * @param norm after it
   * @param output of the block
   */
  record Open(
      Operand<TFloat32> x, Operand<TFloat32> kernel, BatchNormPass norm, Operand<TFloat32> output) {

    static Open build(BuildContext context, Operand<TFloat32> x, int width) {
      Operand<TFloat32> kernel = ConvolutionBlock.kernel(context, x, width);
      BuildContext inner = context.at("bn");
      Operand<TFloat32> y = Conv2d.convolve(context, x, kernel, WINDOW, 1);
      BatchNormPass norm = NORM.pass(inner, List.of(inner), y);
      return new Open(x, kernel, norm, Activation.LEAKY_RELU.apply(context.tf(), norm.y()));
    }

    /**
     * Adds the backward pass.
     *
     * @param outer the gradient at the output
     * @return the gradient at the input
     */
    Operand<TFloat32> backward(Ops tf, Operand<TFloat32> outer) {
      Operand<TFloat32> activated =
          LeakyReluGrad.create(
              tf.scope(), outer, norm.y(), LeakyReluGrad.alpha(Activation.LEAKY_SLOPE));
      return backward(tf, x, kernel, norm.backward(tf, activated));
    }

    /** Adds the gradient of a convolution at its input. */
    static Operand<TFloat32> backward(
        Ops tf, Operand<TFloat32> x, Operand<TFloat32> kernel, Operand<TFloat32> outer) {
      return tf.nn.conv2dBackpropInput(
          tf.shape(x), kernel, outer, List.of(1L, 1L, 1L, 1L), "VALID");
    }
  }

  static Operand<TFloat32> kernel(BuildContext context, Operand<TFloat32> x, int width) {
    return context.weight("kernel", Shape.of(3, 3, Shapes.channels(x), width), KERNEL);
  }

  /**
   * Adds the block.
   *
   * @param x (N, H, W, C)
   * @return (N, H − 2, W − 2, width)
   */
  static Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, int width) {
    Ops tf = context.tf();
    Operand<TFloat32> kernel = kernel(context, x, width);
    Optional<Operand<TFloat32>> bias =
        Optional.of(context.weight("bias", Shape.of(width), Initializer.zeros()));
    BuildContext inner = context.at("bn");
    if (context.training()) {
      Operand<TFloat32> y = Conv2d.convolve(context, x, kernel, WINDOW, 1);
      return Activation.LEAKY_RELU.apply(tf, NORM.ofBatch(inner, List.of(inner), y, bias));
    }
    // The norm's scale goes into the kernel.
    JointBatchNorm.Line line = NORM.stored(inner, List.of(inner), width, bias);
    Operand<TFloat32> y = Conv2d.convolve(context, x, tf.math.mul(kernel, line.scale()), WINDOW, 1);
    return Activation.LEAKY_RELU.apply(tf, tf.nn.biasAdd(y, line.shift()));
  }
}
