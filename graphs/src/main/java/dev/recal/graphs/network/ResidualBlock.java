package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.AveragePool;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;

/** The blocks of one stage: y = relu(branch(x) + shortcut(x)), recalibrated. */
final class ResidualBlock {

  private static final int EXPANSION = 4;

  private final ResNet net;
  private final int stage;
  private final int inner;

  ResidualBlock(ResNet net, int stage) {
    this.net = net;
    this.stage = stage;
    this.inner = net.innerChannels(stage);
  }

  int outputChannels() {
    return net.block() == ResNet.Block.BASIC ? inner : EXPANSION * inner;
  }

  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, int stride) {
    Operand<TFloat32> y =
        switch (net.block()) {
          case BASIC -> basic(context, x, stride);
          case BOTTLENECK -> bottleneck(context, x, stride);
        };
    return net.place() == ResNet.Place.AFTER_ADDITION ? recalibrated(context, y) : y;
  }

  private Operand<TFloat32> basic(BuildContext context, Operand<TFloat32> x, int stride) {
    Operand<TFloat32> first = unit(context, 1, Conv2d.of(inner, 3).stride(stride), x);
    return last(context, 2, spatial(Conv2d.of(inner, 3)), first, x, stride);
  }

  private Operand<TFloat32> bottleneck(BuildContext context, Operand<TFloat32> x, int stride) {
    boolean early = net.stridePlace() == ResNet.StridePlace.FIRST;
    int middle = (int) (inner * (long) net.groupWidth() / 64) * net.groups();
    Operand<TFloat32> first = unit(context, 1, Conv2d.of(middle, 1).stride(early ? stride : 1), x);
    Conv2d spatial = Conv2d.of(middle, 3).stride(early ? 1 : stride).groups(net.groups());
    Operand<TFloat32> second = unit(context, 2, spatial(spatial), first);
    Operand<TFloat32> gated =
        net.place() == ResNet.Place.SPATIAL ? recalibrated(context, second) : second;
    return last(context, 3, Conv2d.of(outputChannels(), 1), gated, x, stride);
  }

  private Layer spatial(Conv2d plain) {
    return net.spatial()
        .map(layer -> layer.sized(plain.channels(), plain.window().stride()))
        .orElse(plain);
  }

  private Operand<TFloat32> unit(
      BuildContext context, int number, Layer convolution, Operand<TFloat32> x) {
    Operand<TFloat32> y = convolution.build(context.at("conv" + number), x);
    return new NormUnit(net, norm(number)).rectified(context.at("bn" + number), y);
  }

  // The last convolution and norm, the gate where it stands here, the addition and its activation.
  private Operand<TFloat32> last(
      BuildContext context,
      int number,
      Layer convolution,
      Operand<TFloat32> branch,
      Operand<TFloat32> x,
      int stride) {
    Norm plain = norm(number);
    Norm norm = net.zeroInitialised() ? plain.zeroInitialised() : plain;
    boolean gated =
        net.place() == ResNet.Place.BRANCH_END
            || (net.place() == ResNet.Place.SPATIAL && net.block() == ResNet.Block.BASIC);
    Operand<TFloat32> map = convolution.build(context.at("conv" + number), branch);
    return new NormUnit(net, norm)
        .blockEnd(
            context, context.at("bn" + number), map, gated, () -> shortcut(context, x, stride));
  }

  private Norm norm(int number) {
    List<NormPlace> places = List.of(NormPlace.BN1, NormPlace.BN2, NormPlace.BN3);
    return net.norm(places.get(number - 1), stage);
  }

  private Operand<TFloat32> recalibrated(BuildContext context, Operand<TFloat32> x) {
    return net.recalibration().map(layer -> layer.build(context.at("recalibration"), x)).orElse(x);
  }

  private Operand<TFloat32> shortcut(BuildContext context, Operand<TFloat32> x, int stride) {
    if (stride == 1 && Shapes.channels(x) == outputChannels()) {
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
    Conv2d convolution = Conv2d.of(outputChannels(), 1).stride(stride);
    Norm norm = net.norm(NormPlace.SHORTCUT, stage);
    Operand<TFloat32> map = convolution.build(scope.at("conv"), x);
    return new NormUnit(net, norm).plain(scope.at("bn"), map);
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
    int missing = outputChannels() - Shapes.channels(x);
    if (missing < 0) {
      throw new IllegalArgumentException(
          "shortcut: zero padding cannot bring "
              + Shapes.channels(x)
              + " channels down to "
              + outputChannels()
              + "; use PROJECTION.");
    }
    int before = missing / 2;
    int[][] border = {{0, 0}, {0, 0}, {0, 0}, {before, missing - before}};
    return tf.pad(pixels, tf.constant(border), tf.constant(0f));
  }
}
