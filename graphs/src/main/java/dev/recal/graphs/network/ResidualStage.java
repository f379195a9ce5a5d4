package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.AveragePool;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;

/** The blocks of one stage of a ResNet: y = relu(branch(x) + shortcut(x)), recalibrated. */
final class ResidualStage {

  private static final int EXPANSION = 4;

  private final ResNet net;
  private final NetworkParts parts;
  private final int stage;
  private final int inner;
  private final int channels;

  ResidualStage(ResNet net, NetworkParts parts, int stage) {
    this.net = net;
    this.parts = parts;
    this.stage = stage;
    this.inner = net.settings().scaled(net.channels() << stage);
    this.channels = net.block() == ResNet.Block.BASIC ? inner : EXPANSION * inner;
  }

  /** Adds all blocks; those of each stage but the first halve the map. */
  Stage build(BuildContext context, Stage input) {
    int stride = stage == 0 ? 1 : 2;
    Operand<TFloat32> x = input.map();
    for (int i = 0; i < net.repeats().get(stage); i++) {
      x = block(context.at("block" + i), x, i == 0 ? stride : 1);
    }
    return new Stage(x, stride * input.stride(), channels);
  }

  private Operand<TFloat32> block(BuildContext context, Operand<TFloat32> x, int stride) {
    Operand<TFloat32> y =
        switch (net.block()) {
          case BASIC -> basic(context, x, stride);
          case BOTTLENECK -> bottleneck(context, x, stride);
        };
    return parts.recalibrated(context, RecalibrationPlace.AFTER_ADDITION, y);
  }

  private Operand<TFloat32> basic(BuildContext context, Operand<TFloat32> x, int stride) {
    Operand<TFloat32> first =
        unit(context, 1, Conv2d.of(inner, 3).stride(stride), NormPlace.BN1).activated(x);
    return last(context, 2, parts.spatial(Conv2d.of(inner, 3)), NormPlace.BN2)
        .gated(RecalibrationPlace.BRANCH_END, RecalibrationPlace.SPATIAL)
        .activatedSum(first, () -> shortcut(context, x, stride));
  }

  private Operand<TFloat32> bottleneck(BuildContext context, Operand<TFloat32> x, int stride) {
    boolean early = net.stridePlace() == ResNet.StridePlace.FIRST;
    int middle = (int) (inner * (long) net.groupWidth() / 64) * net.groups();
    Conv2d narrow = Conv2d.of(middle, 1).stride(early ? stride : 1);
    Operand<TFloat32> first = unit(context, 1, narrow, NormPlace.BN1).activated(x);
    Conv2d wide = Conv2d.of(middle, 3).stride(early ? 1 : stride).groups(net.groups());
    Operand<TFloat32> second =
        unit(context, 2, parts.spatial(wide), NormPlace.BN2).activated(first);
    Operand<TFloat32> gated = parts.recalibrated(context, RecalibrationPlace.SPATIAL, second);
    return last(context, 3, Conv2d.of(channels, 1), NormPlace.BN3)
        .gated(RecalibrationPlace.BRANCH_END)
        .activatedSum(gated, () -> shortcut(context, x, stride));
  }

  private NormUnit unit(BuildContext context, int number, Layer convolution, NormPlace place) {
    Norm norm = net.settings().norm(place, stage);
    return parts.unit(context, String.valueOf(number), convolution, norm);
  }

  private NormUnit last(BuildContext context, int number, Layer convolution, NormPlace place) {
    Norm plain = net.settings().norm(place, stage);
    Norm norm = net.zeroInitialised() ? plain.zeroInitialised() : plain;
    return parts.unit(context, String.valueOf(number), convolution, norm);
  }

  private Operand<TFloat32> shortcut(BuildContext context, Operand<TFloat32> x, int stride) {
    if (stride == 1 && Shapes.channels(x) == channels) {
      return x;
    }
    BuildContext scope = context.at("shortcut");
    return switch (net.shortcut()) {
      case PROJECTION -> projection(scope, x, stride);
      case AVERAGE_PROJECTION ->
          projection(scope, stride == 1 ? x : new AveragePool(2, 2, 0, true).build(scope, x), 1);
      case ZERO_PADDING -> zeroPadded(scope.tf(), x, stride);
    };
  }

  private Operand<TFloat32> projection(BuildContext scope, Operand<TFloat32> x, int stride) {
    Conv2d convolution = Conv2d.of(channels, 1).stride(stride);
    Norm norm = net.settings().norm(NormPlace.SHORTCUT, stage);
    return parts.unit(scope, "", convolution, norm).build(x);
  }

  private Operand<TFloat32> zeroPadded(Ops tf, Operand<TFloat32> x, int stride) {
    Operand<TFloat32> pixels =
        stride == 1
            ? x
            : tf.stridedSlice(
                x,
                tf.constant(new int[] {0, 0, 0, 0}),
                tf.constant(new int[] {0, 0, 0, 0}),
                tf.constant(new int[] {1, stride, stride, 1}),
                StridedSlice.beginMask(15L),
                StridedSlice.endMask(15L));
    int missing = channels - Shapes.channels(x);
    if (missing < 0) {
      throw new IllegalArgumentException(
          "shortcut: expected at most "
              + channels
              + " channels before zero padding, but got "
              + Shapes.channels(x)
              + "; use PROJECTION.");
    }
    int before = missing / 2;
    int[][] border = {{0, 0}, {0, 0}, {0, 0}, {before, missing - before}};
    return tf.pad(pixels, tf.constant(border), tf.constant(0f));
  }
}
