package dev.recal.ops.dynamic;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Conditionally parameterised convolution, CondConv: y = (Σ_e a_{n,e} expert_e) ∗ x, one kernel for
 * each image, with a = 2σ(mean(x)·R + r) / E.
 *
 * <p>Yang, Bender, Le, Ngiam 2019, "CondConv: Conditionally Parameterized Convolutions for
 * Efficient Inference" (arXiv 1904.04971); official code: github tensorflow/tpu,
 * models/official/efficientnet/condconv. Differences: the paper's weights are σ without the factor
 * 2 / E, which is DRConv's ({@link DynamicRegionConv} with experts and one region is this layer);
 * the bias, if any, is not mixed.
 *
 * <p>The images' products run as one batched product of patches (N, P, k²·C) and kernels (N, k²·C,
 * O). Costs one convolution and E·k²·C·O multiplications for each image. Publishes a as {@code
 * routing} (N, E).
 *
 * <p>Variables: {@code experts} (E, k, k, C, O) from U(±√(6/(C·k²))), {@code routing/kernel} (C, E)
 * from N(0, 0.01²), {@code routing/bias} (E), and {@code bias} (O) if set.
 *
 * @param kernel k, at least 1
 * @param stride at least 1
 * @param padding pixels on every side; empty for dilation · (k − 1) in all, centred
 * @param filters O, output channels; 0 for as many as x has
 * @param experts E, at least 1
 * @param dilation distance between the kernel's taps, at least 1
 * @param bias whether a bias is added
 */
public record CondConv(
    int kernel,
    int stride,
    Optional<Integer> padding,
    int filters,
    int experts,
    int dilation,
    boolean bias)
    implements SpatialLayer {

  /** Rejects numbers out of range. */
  public CondConv {
    Settings.atLeast("filters", 0, filters);
    Settings.atLeast("experts", 1, experts);
    Settings.window(kernel, stride, padding, dilation);
  }

  /** 8 experts, 3×3, stride 1, centred, as many filters as channels, no bias. */
  public static CondConv defaults() {
    return new CondConv(3, 1, Optional.empty(), 0, 8, 1, false);
  }

  @Override
  public CondConv sized(int channels, int otherStride) {
    return new CondConv(kernel, otherStride, padding, channels, experts, dilation, bias);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Window window = Settings.window(kernel, stride, padding, dilation);
    Settings.requireFits(x.shape(), window);
    int outputs = filters == 0 ? channels : filters;
    Settings.requireIndexable("filters", (long) kernel * kernel * channels * outputs);
    Ops tf = context.tf();
    ExpertFilters made = ExpertFilters.of(context, x, channels, kernel, 1, experts, outputs);
    context.publish("routing", made.shares());
    PatchGrid grid = PatchGrid.of(tf, x, x.shape(), window);
    Operand<TFloat32> rows = RegionProduct.perImage(tf, grid, made);
    Operand<TFloat32> y =
        tf.reshape(rows, grid.shape(tf, Settings.result(x.shape(), window, outputs)));
    if (!bias) {
      return y;
    }
    return tf.nn.biasAdd(y, context.weight("bias", Shape.of(outputs), Initializer.zeros()));
  }
}
