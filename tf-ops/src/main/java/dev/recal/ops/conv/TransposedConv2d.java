package dev.recal.ops.conv;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The transpose of a convolution: (size − 1) · stride + kernel − 2 · padding rows and columns.
 *
 * <p>Variables: {@code kernel} (kernel, kernel, channels, C), Keras's order, and {@code bias}
 * (channels) if set. Padding crops the full result, as in PyTorch; TensorFlow's gradient is wrong
 * for explicit paddings.
 *
 * @param channels output channels
 * @param kernel rows and columns of the kernel
 * @param stride at least 1
 * @param padding pixels cropped from every side
 * @param bias whether a bias is added
 * @param initializer the kernel's initial value
 * @param spectral whether the kernel is divided by its largest singular value, by output channels,
 *     see {@link SpectralNorm}
 */
public record TransposedConv2d(
    int channels,
    int kernel,
    int stride,
    int padding,
    boolean bias,
    Initializer initializer,
    boolean spectral)
    implements Layer {

  /** Rejects counts below 1 and paddings that leave no pixels. */
  public TransposedConv2d {
    Window.requirePositive("channels", channels);
    Window.requirePositive("kernel", kernel);
    Window.requirePositive("stride", stride);
    Objects.requireNonNull(initializer, "initializer");
    if (padding < 0 || 2 * padding >= kernel) {
      throw new IllegalArgumentException(
          "padding: expected from 0 to less than half of the kernel "
              + kernel
              + ", but got "
              + padding
              + ".");
    }
  }

  /** Without spectral norm. */
  public TransposedConv2d(
      int channels, int kernel, int stride, int padding, boolean bias, Initializer initializer) {
    this(channels, kernel, stride, padding, bias, initializer, false);
  }

  /** No padding, no bias, N(0, 0.02²), the initial value of the synthesis networks. */
  public static TransposedConv2d of(int channels, int kernel, int stride) {
    return new TransposedConv2d(channels, kernel, stride, 0, false, new Normal(0f, 0.02f));
  }

  /** Returns a copy with its kernel divided by its largest singular value. */
  public TransposedConv2d withSpectralNorm() {
    return new TransposedConv2d(channels, kernel, stride, padding, bias, initializer, true);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Shape shape = Shape.of(kernel, kernel, channels, Shapes.channels(x));
    Operand<TFloat32> stored = context.weight("kernel", shape, initializer);
    Operand<TFloat32> weights = spectral ? SpectralNorm.normalise(context, stored, 2) : stored;
    Operand<TFloat32> whole =
        context.product(
            x,
            weights,
            (map, filter) ->
                tf.nn.conv2dBackpropInput(
                    fullSize(tf, x),
                    filter,
                    map,
                    List.of(1L, (long) stride, (long) stride, 1L),
                    "VALID"));
    Operand<TFloat32> y = padding == 0 ? whole : cropped(tf, whole);
    if (!bias) {
      return y;
    }
    return tf.nn.biasAdd(y, context.weight("bias", Shape.of(channels), Initializer.zeros()));
  }

  // The output's before cropping. OpenVINO misreads one that is computed from a static shape.
  private Operand<TInt32> fullSize(Ops tf, Operand<TFloat32> x) {
    if (!x.shape().hasUnknownDimension()) {
      return tf.constant(
          new int[] {
            Math.toIntExact(x.shape().get(0)),
            stride * (Shapes.height(x) - 1) + kernel,
            stride * (Shapes.width(x) - 1) + kernel,
            channels
          });
    }
    Operand<TInt32> size = tf.shape(x);
    return tf.concat(
        List.of(slice(tf, size, 0, 1), full(tf, size), tf.constant(new int[] {channels})),
        tf.constant(0));
  }

  private Operand<TInt32> full(Ops tf, Operand<TInt32> size) {
    Operand<TInt32> steps = tf.math.sub(slice(tf, size, 1, 2), tf.constant(1));
    return tf.math.add(tf.math.mul(steps, tf.constant(stride)), tf.constant(kernel));
  }

  private Operand<TFloat32> cropped(Ops tf, Operand<TFloat32> whole) {
    Operand<TInt32> size =
        tf.math.sub(tf.shape(whole), tf.constant(new int[] {0, 2 * padding, 2 * padding, 0}));
    return tf.slice(whole, tf.constant(new int[] {0, padding, padding, 0}), size);
  }

  private static Operand<TInt32> slice(Ops tf, Operand<TInt32> size, int from, int count) {
    return tf.slice(size, tf.constant(new int[] {from}), tf.constant(new int[] {count}));
  }
}
