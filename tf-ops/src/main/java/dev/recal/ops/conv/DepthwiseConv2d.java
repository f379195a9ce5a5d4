package dev.recal.ops.conv;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A convolution of each channel with its own filter; the output has as many channels as the input.
 *
 * <p>Variables: {@code kernel} (height, width, C, 1), and {@code bias} (C) if set.
 *
 * @param window kernel size, stride, padding and dilation
 * @param bias whether a bias is added
 * @param initializer the kernel's initial value
 */
public record DepthwiseConv2d(Window window, boolean bias, Initializer initializer)
    implements Layer {

  /** Rejects missing settings. */
  public DepthwiseConv2d {
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(initializer, "initializer");
  }

  /** A square kernel, centred, without bias, He-normal by fan-out. */
  public static DepthwiseConv2d of(int kernel, int stride) {
    return new DepthwiseConv2d(
        new Window(kernel, kernel, stride, Padding.CENTRED, 1),
        false,
        VarianceScaling.heNormalFanOut());
  }

  /** Returns a copy with a bias. */
  public DepthwiseConv2d biased() {
    return new DepthwiseConv2d(window, true, initializer);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Shape shape = Shape.of(window.height(), window.width(), channels, 1);
    Operand<TFloat32> kernel = context.weight("kernel", shape, initializer);
    Ops tf = context.tf();
    Operand<TFloat32> y =
        window.apply(
            tf,
            x,
            (padded, call) ->
                context.product(
                    padded,
                    kernel,
                    (map, filter) ->
                        tf.nn.depthwiseConv2dNative(map, filter, call.strides(), call.padding())));
    if (!bias) {
      return y;
    }
    return tf.nn.biasAdd(y, context.weight("bias", Shape.of(channels), Initializer.zeros()));
  }
}
