package dev.recal.ops.conv;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.ProductFormat;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A convolution of a map (N, H, W, C) with a kernel (height, width, C / groups, channels).
 *
 * <p>Variables: {@code kernel}, and {@code bias} (channels) if set.
 *
 * @param channels output channels
 * @param window kernel size, stride, padding and dilation
 * @param groups number of independent convolutions that share the channels; divides both channel
 *     counts
 * @param bias whether a bias is added
 * @param initializer the kernel's initial value
 * @param spectral whether the kernel is divided by its largest singular value, see {@link
 *     SpectralNorm}
 */
public record Conv2d(
    int channels,
    Window window,
    int groups,
    boolean bias,
    Initializer initializer,
    boolean spectral)
    implements Layer {

  /** Rejects counts below 1 and groups that do not divide the output channels. */
  public Conv2d {
    Window.requirePositive("channels", channels);
    Window.requirePositive("groups", groups);
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(initializer, "initializer");
    requireDivides(groups, channels, "output");
  }

  /** Without spectral norm. */
  public Conv2d(int channels, Window window, int groups, boolean bias, Initializer initializer) {
    this(channels, window, groups, bias, initializer, false);
  }

  /** A square kernel, stride 1, centred, without groups or bias, He-normal by fan-out. */
  public static Conv2d of(int channels, int kernel) {
    return new Conv2d(
        channels,
        new Window(kernel, kernel, 1, Padding.CENTRED, 1),
        1,
        false,
        VarianceScaling.heNormalFanOut());
  }

  /** Returns a copy with another stride. */
  public Conv2d stride(int stride) {
    return window(
        new Window(window.height(), window.width(), stride, window.padding(), window.dilation()));
  }

  /** Returns a copy with another padding. */
  public Conv2d padding(Padding padding) {
    return window(
        new Window(window.height(), window.width(), window.stride(), padding, window.dilation()));
  }

  /** Returns a copy with another dilation. */
  public Conv2d dilation(int dilation) {
    return window(
        new Window(window.height(), window.width(), window.stride(), window.padding(), dilation));
  }

  /** Returns a copy with another window. */
  public Conv2d window(Window other) {
    return new Conv2d(channels, other, groups, bias, initializer, spectral);
  }

  /** Returns a copy with groups. */
  public Conv2d groups(int count) {
    return new Conv2d(channels, window, count, bias, initializer, spectral);
  }

  /** Returns a copy with a bias. */
  public Conv2d biased() {
    return new Conv2d(channels, window, groups, true, initializer, spectral);
  }

  /** Returns a copy with another initial value of the kernel. */
  public Conv2d initializer(Initializer other) {
    return new Conv2d(channels, window, groups, bias, other, spectral);
  }

  /** Returns a copy with its kernel divided by its largest singular value. */
  public Conv2d withSpectralNorm() {
    return new Conv2d(channels, window, groups, bias, initializer, true);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int in = Shapes.channels(x);
    requireDivides(groups, in, "input");
    Shape shape = Shape.of(window.height(), window.width(), in / groups, channels);
    Operand<TFloat32> weights = context.weight("kernel", shape, initializer);
    Operand<TFloat32> kernel = spectral ? SpectralNorm.normalise(context, weights, 3) : weights;
    Ops tf = context.tf();
    Operand<TFloat32> y = convolve(context, x, kernel, window, groups);
    if (!bias) {
      return y;
    }
    return tf.nn.biasAdd(y, context.weight("bias", Shape.of(channels), Initializer.zeros()));
  }

  /**
   * Convolves with a given kernel.
   *
   * @param x a map (N, H, W, C)
   * @param kernel (height, width, C / groups, channels), of the window's size
   * @return a map of {@code channels} channels
   */
  public static Operand<TFloat32> convolve(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> kernel,
      Window window,
      int groups) {
    Ops tf = context.tf();
    boolean filterProducts =
        context.training()
            && context.store().products() == ProductFormat.REWRITTEN
            && FilterProducts.pay(x, window, groups);
    if (filterProducts) {
      return window.apply(
          tf, x, (padded, call) -> FilterProducts.convolve(tf, padded, kernel, call));
    }
    return window.apply(
        tf,
        x,
        (padded, call) ->
            context.product(
                padded,
                kernel,
                (map, filter) ->
                    groups == 1 || !context.portable() && GroupedConvolution.isNative()
                        ? tf.nn.conv2d(map, filter, call.strides(), call.padding())
                        : GroupedConvolution.split(tf, map, filter, call, groups)));
  }

  private static void requireDivides(int groups, int channels, String which) {
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "groups: expected a divisor of the "
              + channels
              + " "
              + which
              + " channels, but got "
              + groups
              + ".");
    }
  }
}
