package dev.recal.ops.dynamic;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GuidedLayer;
import dev.recal.ops.Shapes;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.Resize;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Dynamic Region-Aware Convolution, DRConv: y(p) = W_{n,j} ∗ x at p with j = argmax_j F_j(p), one
 * filter for each region of each image, generated from the image.
 *
 * <p>Chen, Wang, Guo, Zhang, Sun 2021, "Dynamic Region-Aware Convolution" (arXiv 2003.12243);
 * official code: github megvii-model/DRConv, whose filters are mixtures of experts. Both generators
 * are here:
 *
 * <ul>
 *   <li>{@code POOLED}, the paper's: adaptive average pooling to k×k → 1×1 C → m² → σ → 1×1 in m
 *       groups m² → m·O·C, see {@link PooledFilters}. Its guide is a separate k×k convolution C → m
 *       with the layer's window, {@code guide/kernel}, {@code guide/bias}.
 *   <li>{@code EXPERTS}, the code's: W_{n,j} = Σ_e a_{n,j,e} expert_e, see {@link ExpertFilters}.
 *       The code computes the guide once per block, by a 1×1 convolution without bias, and passes
 *       it to the block's layers; a layer without a given guide computes its own, {@code
 *       guide/kernel} (1, 1, C, m).
 * </ul>
 *
 * <p>Both accept a given guide and then create no guide variables. A guide of another resolution is
 * resized with nearest (floor). The lowest region wins a tie.
 *
 * <p>Backward, x and the filters get gradients through the chosen region only, and the guide gets
 * s_j · (g_j − Σ_i s_i g_i), see {@link GuideSurrogate}.
 *
 * <p>Cost, in plain convolutions of the same window: in inference one, plus the generation of the
 * filters ({@code POOLED} with m + 1 ≤ 2k² and few pixels: (m + 1)/k² of one, and no filters). In
 * training the guide needs the results of all filters at every pixel, which are m convolutions, or
 * E with {@code EXPERTS}, and the output is taken from them; the gradients of x and the filters are
 * two more. {@code POOLED} on few pixels takes one for the output and m + 1 backward, see {@link
 * MatrixGradients}; {@code EXPERTS} on few pixels E in each of the three passes. Memory in
 * training: m (or E) output maps until the guide's gradient is known, then patches of k²·C values
 * and filters of k²·C·O values for each image, of one region at a time, both made again for the
 * backward pass, see {@link RegionTraining}. The speed is bounded by writing the patches, which a
 * plain convolution never does. Difference from the code: filters of regions without pixels are not
 * applied in inference.
 *
 * <p>Publishes {@code regions}, int32 (N, H', W'), and with {@code EXPERTS} a as {@code routing}
 * (N, m, E).
 *
 * @param generator how filters are generated
 * @param regions m, at least 1
 * @param kernel k, at least 1
 * @param stride at least 1
 * @param padding pixels on every side; empty for dilation · (k − 1) in all, centred
 * @param filters O, output channels; 0 for as many as x has
 * @param experts E, at least 1; unused with {@code POOLED}
 * @param dilation distance between the kernel's taps, at least 1
 * @param bias whether a bias {@code bias} (O) is added, the same for all regions
 * @param equalStart whether the matrices of all regions have the same first values; unused with
 *     {@code EXPERTS}, whose regions share the experts
 */
public record DynamicRegionConv(
    Generator generator,
    int regions,
    int kernel,
    int stride,
    Optional<Integer> padding,
    int filters,
    int experts,
    int dilation,
    boolean bias,
    boolean equalStart)
    implements GuidedLayer, SpatialLayer {

  /** The generator of the filters. */
  public enum Generator {
    /** From the map averaged to k×k cells; the paper. */
    POOLED,
    /** From experts mixed by the map's mean; the released code. */
    EXPERTS
  }

  /** Rejects missing settings and numbers out of range. */
  public DynamicRegionConv {
    Objects.requireNonNull(generator, "generator");
    Settings.atLeast("regions", 1, regions);
    Settings.atLeast("filters", 0, filters);
    Settings.atLeast("experts", 1, experts);
    Settings.window(kernel, stride, padding, dilation);
  }

  /** Regions that start equal. */
  public DynamicRegionConv(
      Generator generator,
      int regions,
      int kernel,
      int stride,
      Optional<Integer> padding,
      int filters,
      int experts,
      int dilation,
      boolean bias) {
    this(generator, regions, kernel, stride, padding, filters, experts, dilation, bias, true);
  }

  /** The paper's: 8 regions, 3×3, stride 1, centred, as many filters as channels, no bias. */
  public static DynamicRegionConv defaults() {
    return new DynamicRegionConv(Generator.POOLED, 8, 3, 1, Optional.empty(), 0, 8, 1, false);
  }

  /** Returns a copy with the released code's generator: 8 experts. */
  public static DynamicRegionConv ofExperts() {
    return new DynamicRegionConv(Generator.EXPERTS, 8, 3, 1, Optional.empty(), 0, 8, 1, false);
  }

  /** The released code's pointwise convolution: 8 regions, 8 experts. */
  public static DynamicRegionConv pointwise(int filters) {
    return new DynamicRegionConv(
        Generator.EXPERTS, 8, 1, 1, Optional.empty(), filters, 8, 1, false);
  }

  @Override
  public DynamicRegionConv sized(int channels, int otherStride) {
    return new DynamicRegionConv(
        generator,
        regions,
        kernel,
        otherStride,
        padding,
        channels,
        experts,
        dilation,
        bias,
        equalStart);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    requireFits(x);
    return apply(context, x, ownGuide(context.at("guide"), x));
  }

  @Override
  public Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> x, Operand<TFloat32> guide) {
    requireFits(x);
    requireGuide(x.shape(), guide.shape());
    return apply(context, x, guide);
  }

  private Operand<TFloat32> ownGuide(BuildContext context, Operand<TFloat32> x) {
    Conv2d convolution =
        switch (generator) {
          case POOLED -> Conv2d.of(regions, kernel).window(window()).biased();
          case EXPERTS -> Conv2d.of(regions, 1);
        };
    return convolution.initializer(VarianceScaling.uniformFanIn()).build(context, x);
  }

  private Operand<TFloat32> apply(
      BuildContext context, Operand<TFloat32> x, Operand<TFloat32> anyGuide) {
    Ops tf = context.tf();
    int channels = Shapes.channels(x);
    int outputs = filters == 0 ? channels : filters;
    Settings.requireIndexable("filters", (long) regions * kernel * kernel * channels * outputs);
    Window window = window();
    Filters made =
        switch (generator) {
          case POOLED ->
              PooledFilters.of(context, x, channels, kernel, regions, outputs, equalStart);
          case EXPERTS -> mixed(context, x, channels, outputs);
        };
    PatchGrid grid = PatchGrid.of(tf, x, x.shape(), window);
    Shape result = Settings.result(x.shape(), window, outputs);
    if (Settings.pixels(result) > 0) {
      context.multiplyAdds(multiplyAdds(channels, outputs, Settings.pixels(result)));
    }
    Operand<TFloat32> guide = resized(tf, anyGuide, grid, result);
    Operand<TInt32> chosen = tf.math.argMax(guide, tf.constant(3), TInt32.class);
    context.publish("regions", chosen);
    Operand<TInt32> flat = tf.reshape(chosen, tf.constant(new int[] {-1}));
    Operand<TFloat32> y;
    if (regions > 1 && context.differentiable() && !context.portable()) {
      boolean training = context.training();
      y = RegionTraining.of(tf, x, guide, flat, made, window, result, training);
    } else {
      Operand<TFloat32> rows =
          RegionProduct.of(tf, grid, made, flat, regions, Settings.pixels(result));
      y = tf.reshape(rows, grid.shape(tf, result));
      if (context.differentiable()) {
        y =
            context.portable()
                ? GuideSurrogate.inTensorFlowOps(tf, y, guide, grid, made, regions)
                : GuideSurrogate.ofOneRegion(tf, y, guide);
      }
    }
    if (!bias) {
      return y;
    }
    return tf.nn.biasAdd(y, context.weight("bias", Shape.of(outputs), Initializer.zeros()));
  }

  private ExpertFilters mixed(
      BuildContext context, Operand<TFloat32> x, int channels, int outputs) {
    ExpertFilters made = ExpertFilters.of(context, x, channels, kernel, regions, experts, outputs);
    int[] shape = {-1, regions, experts};
    context.publish("routing", context.tf().reshape(made.shares(), context.tf().constant(shape)));
    return made;
  }

  // One convolution, and the generation of the filters of one image: the second 1×1 convolution, or
  // the routing and the mixing. Guide and first 1×1 convolution have separate scopes.
  private long multiplyAdds(long channels, long outputs, long pixels) {
    long filter = kernel * kernel * channels * outputs;
    long generation =
        switch (generator) {
          case POOLED -> regions * regions * filter;
          case EXPERTS -> regions * experts * (channels + filter);
        };
    return pixels * filter + generation;
  }

  private static Operand<TFloat32> resized(
      Ops tf, Operand<TFloat32> guide, PatchGrid grid, Shape result) {
    Shape shape = guide.shape();
    boolean same =
        Settings.pixels(result) > 0
            && shape.get(1) == result.get(1)
            && shape.get(2) == result.get(2);
    return same ? guide : Resize.NEAREST.to(tf, guide, grid.size(tf));
  }

  private Window window() {
    return Settings.window(kernel, stride, padding, dilation);
  }

  private void requireFits(Operand<TFloat32> x) {
    Shapes.channels(x);
    Settings.requireFits(x.shape(), window());
  }

  private void requireGuide(Shape x, Shape guide) {
    boolean fits =
        guide.numDimensions() == 4
            && guide.get(3) == regions
            && (guide.get(0) == x.get(0)
                || guide.get(0) == Shape.UNKNOWN_SIZE
                || x.get(0) == Shape.UNKNOWN_SIZE);
    if (!fits) {
      throw new IllegalArgumentException(
          "guide: expected a map of shape (N, H, W, "
              + regions
              + ") for an x of shape "
              + x
              + ", but got shape "
              + guide
              + ".");
    }
  }
}
