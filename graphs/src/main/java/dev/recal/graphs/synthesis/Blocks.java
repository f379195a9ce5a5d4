package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.Resize;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The layers shared by generator, discriminator and decoders. */
final class Blocks {

  /** The standard deviation of initial values: kernels N(0, 0.02²), the norms' γ N(1, 0.02²). */
  static final float DEVIATION = 0.02f;

  private static final Normal GAMMA = new Normal(1f, DEVIATION);

  private Blocks() {}

  /** A square convolution without bias, its kernel spectrally normalised. */
  static Conv2d convolution(int channels, int kernel) {
    return Conv2d.of(channels, kernel).initializer(new Normal(0f, DEVIATION)).withSpectralNorm();
  }

  /** 4×4 with stride 2 and padding of one pixel: halves height and width. */
  static Conv2d halving(int channels) {
    // For even sizes SAME is one pixel on every side.
    return convolution(channels, 4).stride(2).padding(Padding.SAME);
  }

  static Operand<TFloat32> batchNorm(BuildContext context, Operand<TFloat32> x) {
    return BatchNorm.defaults().build(context, x, GAMMA);
  }

  static Operand<TFloat32> leaky(BuildContext context, Operand<TFloat32> x) {
    return Activation.LEAKY_RELU.apply(context.tf(), x);
  }

  /** Convolution, batch norm and leaky ReLU in the scopes {@code convN} and {@code bnN}. */
  static Operand<TFloat32> unit(
      BuildContext context, String number, Conv2d convolution, Operand<TFloat32> x) {
    Operand<TFloat32> y = convolution.build(context.at("conv" + number), x);
    return leaky(context, batchNorm(context.at("bn" + number), y));
  }

  /** Repeats every pixel twice along rows and columns. */
  static Operand<TFloat32> doubled(Ops tf, Operand<TFloat32> x) {
    int[] size = {2 * Shapes.height(x), 2 * Shapes.width(x)};
    return Resize.NEAREST.to(tf, x, tf.constant(size));
  }

  /**
   * GLU: the first half of the channels times the sigmoid of the second.
   *
   * <p>Exported graphs use slices for the halves: if y and z come from one operation, TensorFlow
   * 2.10 with oneDNN mistakes y · σ(z) for a swish and computes z · σ(z). Otherwise a split is
   * used, which has the cheaper gradient.
   */
  static Operand<TFloat32> gated(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    if (!context.portable()) {
      List<Output<TFloat32>> halves = tf.split(tf.constant(3), x, 2L).output();
      return tf.math.mul(halves.get(0), tf.math.sigmoid(halves.get(1)));
    }
    int channels = Shapes.channels(x) / 2;
    Operand<TInt32> half = tf.constant(new int[] {-1, -1, -1, channels});
    Operand<TFloat32> values = tf.slice(x, tf.constant(new int[4]), half);
    Operand<TFloat32> gates = tf.slice(x, tf.constant(new int[] {0, 0, 0, channels}), half);
    return tf.math.mul(values, tf.math.sigmoid(gates));
  }

  /** "Up": nearest ×2, 3×3 convolution to twice the channels, batch norm, GLU. */
  static Operand<TFloat32> up(BuildContext context, Operand<TFloat32> x, int channels) {
    Operand<TFloat32> y =
        convolution(2 * channels, 3).build(context.at("conv"), doubled(context.tf(), x));
    return gated(context, batchNorm(context.at("bn"), y));
  }

  /** Rejects maps whose known size or channels differ from the expected ones. */
  static void requireShape(String name, Operand<?> x, long... wanted) {
    org.tensorflow.ndarray.Shape shape = x.shape();
    boolean right = !shape.isUnknown() && shape.numDimensions() == wanted.length + 1;
    for (int i = 0; right && i < wanted.length; i++) {
      right = shape.get(i + 1) == wanted[i];
    }
    if (!right) {
      StringBuilder text = new StringBuilder("(N");
      for (long size : wanted) {
        text.append(", ").append(size);
      }
      throw new IllegalArgumentException(
          name + ": expected shape " + text + "), but got " + shape + ".");
    }
  }
}
