package dev.recal.graphs.style;

import dev.recal.graphs.network.NetworkParts;
import dev.recal.graphs.network.NetworkSettings;
import dev.recal.graphs.network.RecalibrationPlace;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.TransposedConv2d;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.Resize;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Builds a {@link StyleTransformer}. */
final class TransformerGraph {

  private static final float LEVELS = 255;
  // VGG-16's, of red, green and blue.
  private static final float[] MEAN = {123.68f, 116.779f, 103.939f};
  private static final float RANGE = 150;
  private static final int WIDE = 9;
  private static final int KERNEL = 3;
  // What a residual block without padding takes from each side.
  private static final int SHAVED = 2;

  private final StyleTransformer network;
  private final BuildContext context;
  private final Ops tf;
  private final NetworkParts parts;

  TransformerGraph(StyleTransformer network, BuildContext context) {
    this.network = network;
    this.context = context;
    this.tf = context.tf();
    var settings = NetworkSettings.defaults().with().norm(network.norm());
    network.recalibration().ifPresent(settings::recalibration);
    this.parts = new NetworkParts(settings.build(), Activation.RELU);
  }

  Operand<TFloat32> build(Operand<TFloat32> images) {
    int width = network.width();
    Operand<TFloat32> x = bordered(colours(images));
    x = activated("down0", convolution(width, WIDE), x);
    x = activated("down1", convolution(2 * width, KERNEL).stride(2), x);
    x = activated("down2", convolution(4 * width, KERNEL).stride(2), x);
    for (int i = 0; i < network.blocks(); i++) {
      x = residual(context.at("block" + i), x);
    }
    x = activated("up0", upsampling(2 * width), x);
    x = activated("up1", upsampling(width), x);
    x = convolution(3, WIDE).build(context.at("output").at("conv"), x);
    return cropped(pixels(x), images);
  }

  private boolean isJohnsons() {
    return network.variant() == StyleVariant.JOHNSON;
  }

  private Operand<TFloat32> colours(Operand<TFloat32> images) {
    Operand<TFloat32> levels = tf.math.mul(images, tf.constant(LEVELS));
    return isJohnsons() ? tf.math.sub(levels, tf.constant(MEAN)) : levels;
  }

  private Operand<TFloat32> pixels(Operand<TFloat32> x) {
    Operand<TFloat32> levels =
        isJohnsons()
            ? tf.math.add(tf.math.mul(tf.math.tanh(x), tf.constant(RANGE)), tf.constant(MEAN))
            : x;
    return tf.math.mul(levels, tf.constant(1 / LEVELS));
  }

  private Operand<TFloat32> bordered(Operand<TFloat32> x) {
    if (!isJohnsons()) {
      return x;
    }
    int pixels = network.border();
    int[][] border = {{0, 0}, {pixels, pixels}, {pixels, pixels}, {0, 0}};
    return tf.mirrorPad(x, tf.constant(border), "REFLECT");
  }

  private Conv2d convolution(int channels, int kernel) {
    return Conv2d.of(channels, kernel)
        .padding(isJohnsons() ? Padding.CENTRED : Padding.REFLECTED)
        .biased()
        .initializer(VarianceScaling.uniformFanIn());
  }

  private Operand<TFloat32> activated(String scope, Layer layer, Operand<TFloat32> x) {
    return parts
        .unit(context.at(scope), "", layer, network.norm())
        .gated(RecalibrationPlace.BRANCH_END)
        .activated(x);
  }

  private Operand<TFloat32> residual(BuildContext block, Operand<TFloat32> x) {
    Conv2d layer = convolution(4 * network.width(), KERNEL);
    Conv2d convolution = isJohnsons() ? layer.padding(Padding.VALID) : layer;
    Operand<TFloat32> inner =
        parts
            .unit(block.at("first"), "", convolution, network.norm())
            .gated(RecalibrationPlace.BRANCH_END)
            .activated(x);
    return parts
        .unit(block.at("second"), "", convolution, network.norm())
        .gated(RecalibrationPlace.BRANCH_END)
        .plus(inner, () -> isJohnsons() ? shaved(x) : x);
  }

  private Operand<TFloat32> shaved(Operand<TFloat32> x) {
    return tf.stridedSlice(
        x,
        tf.constant(new int[] {0, SHAVED, SHAVED, 0}),
        tf.constant(new int[] {0, -SHAVED, -SHAVED, 0}),
        tf.constant(new int[] {1, 1, 1, 1}),
        StridedSlice.beginMask(9L),
        StridedSlice.endMask(9L));
  }

  private Layer upsampling(int channels) {
    if (isJohnsons()) {
      TransposedConv2d layer =
          new TransposedConv2d(channels, KERNEL, 2, 0, true, VarianceScaling.uniformFanIn());
      return (scope, x) -> withoutFirst(layer.build(scope, x));
    }
    Conv2d layer = convolution(channels, KERNEL);
    return (scope, x) -> layer.build(scope, doubled(x));
  }

  // 2n + 1 rows and columns become 2n: PyTorch's padding of 1 with an output padding of 1.
  private Operand<TFloat32> withoutFirst(Operand<TFloat32> x) {
    return tf.stridedSlice(
        x,
        tf.constant(new int[] {0, 1, 1, 0}),
        tf.constant(new int[] {0, 0, 0, 0}),
        tf.constant(new int[] {1, 1, 1, 1}),
        StridedSlice.beginMask(9L),
        StridedSlice.endMask(15L));
  }

  private Operand<TFloat32> doubled(Operand<TFloat32> x) {
    return Resize.NEAREST.to(tf, x, doubledSize(tf, x));
  }

  /** Returns twice the height and width of a map, (2). */
  static Operand<TInt32> doubledSize(Ops tf, Operand<TFloat32> x) {
    if (Shapes.hasStaticSize(x)) {
      return tf.constant(new int[] {2 * Shapes.height(x), 2 * Shapes.width(x)});
    }
    return tf.math.mul(
        tf.slice(tf.shape(x), tf.constant(new int[] {1}), tf.constant(new int[] {2})),
        tf.constant(2));
  }

  // The result's sides are rounded up to multiples of 4.
  private Operand<TFloat32> cropped(Operand<TFloat32> x, Operand<TFloat32> images) {
    if (Shapes.hasStaticSize(images)
        && Shapes.height(images) % 4 == 0
        && Shapes.width(images) % 4 == 0) {
      return x;
    }
    return croppedTo(tf, x, images);
  }

  /** Returns the upper left part of a map, of the height and width of images. */
  static Operand<TFloat32> croppedTo(Ops tf, Operand<TFloat32> x, Operand<TFloat32> images) {
    Operand<TInt32> size =
        tf.stack(
            List.of(
                tf.constant(-1),
                Shapes.size(tf, images, 1),
                Shapes.size(tf, images, 2),
                tf.constant(-1)));
    return tf.slice(x, tf.constant(new int[] {0, 0, 0, 0}), size);
  }
}
