package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.norm.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Builds a ShuffleNetV2: stem, stages of blocks, a last 1×1 and head. */
final class ShuffleNetV2Graph {

  private static final String POOL = "pool";
  private static final int STEM_KERNEL = 3;

  private final ShuffleNetV2 net;
  private final NetworkSettings settings;
  private final NetworkParts parts;
  private final boolean shuffles;

  ShuffleNetV2Graph(ShuffleNetV2 net) {
    this.net = net;
    this.settings = net.settings();
    this.parts = new NetworkParts(settings, Activation.RELU);
    this.shuffles = net.mixing() == ShuffleNetV2.Mixing.SHUFFLE;
  }

  NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    Map<String, Stage> stages = stages(context, images);
    stages.remove(POOL);
    return parts.output(context, stages);
  }

  Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    Map<String, Stage> stages = new LinkedHashMap<>();
    int channels = settings.scaled(net.channels());
    Stage stem = parts.stem(context, images, STEM_KERNEL, channels, net.biasedEnds());
    stages.put("stem", stem);
    Stage x = parts.pooled(context, stem);
    // The only map of stride 4, for feature pyramids.
    if (x != stem) {
      stages.put(POOL, x);
    }
    for (int i = 0; i < net.stages().size(); i++) {
      x = stage(context.at("stage" + (i + 1)), x, i);
      stages.put("stage" + (i + 1), x);
    }
    int last = settings.scaled(net.lastChannels());
    Conv2d point = net.biasedEnds() ? Conv2d.of(last, 1).biased() : Conv2d.of(last, 1);
    Operand<TFloat32> y =
        parts.unit(context.at("last"), "", point, settings.norm()).activated(x.map());
    stages.put("last", new Stage(y, x.stride(), last));
    return stages;
  }

  private Stage stage(BuildContext scope, Stage input, int stage) {
    int count = settings.scaled(net.stages().get(stage));
    Operand<TFloat32> x = input.map();
    for (int i = 0; i < net.repeats().get(stage); i++) {
      BuildContext block = scope.at("block" + i);
      x = i == 0 ? strided(block, x, stage, count) : plain(block, x, stage, count);
    }
    return new Stage(x, 2 * input.stride(), count);
  }

  private Operand<TFloat32> strided(
      BuildContext block, Operand<TFloat32> x, int stage, int channels) {
    int in = Shapes.channels(x);
    int kept = shuffles ? channels / 2 : in;
    BuildContext scope = block.at("shortcut");
    Norm norm = settings.norm(NormPlace.SHORTCUT, stage);
    Operand<TFloat32> filtered = parts.unit(scope, "1", DepthwiseConv2d.of(3, 2), norm).build(x);
    Operand<TFloat32> left = parts.unit(scope, "2", Conv2d.of(kept, 1), norm).activated(filtered);
    return joined(block, left, branch(block, x, stage, channels / 2, channels - kept, 2));
  }

  private Operand<TFloat32> plain(
      BuildContext block, Operand<TFloat32> x, int stage, int channels) {
    Ops tf = block.tf();
    List<Operand<TFloat32>> halves =
        shuffles ? halves(tf, x) : List.of(everySecond(tf, x, 0), everySecond(tf, x, 1));
    int half = channels / 2;
    return joined(block, halves.get(0), branch(block, halves.get(1), stage, half, half, 1));
  }

  private Operand<TFloat32> branch(
      BuildContext block, Operand<TFloat32> x, int stage, int inner, int channels, int stride) {
    Pointwise points = Pointwise.of(block, net.pointwise(), x);
    Norm first = settings.norm(NormPlace.BN1, stage);
    Operand<TFloat32> wide = parts.unit(block, "1", points.to(inner), first).activated(x);
    Norm second = settings.norm(NormPlace.BN2, stage);
    Operand<TFloat32> gated =
        parts
            .unit(block, "2", parts.depthwise(inner, stride), second)
            .gated(RecalibrationPlace.SPATIAL)
            .build(wide);
    Norm third = settings.norm(NormPlace.BN3, stage);
    Operand<TFloat32> y = parts.unit(block, "3", points.to(channels), third).activated(gated);
    return parts.recalibrated(block, RecalibrationPlace.BRANCH_END, y);
  }

  private Operand<TFloat32> joined(
      BuildContext block, Operand<TFloat32> left, Operand<TFloat32> right) {
    Ops tf = block.tf();
    Operand<TFloat32> both =
        shuffles ? interleave(tf, left, right) : tf.concat(List.of(left, right), tf.constant(3));
    return parts.recalibrated(block, RecalibrationPlace.AFTER_ADDITION, both);
  }

  private static List<Operand<TFloat32>> halves(Ops tf, Operand<TFloat32> x) {
    List<Output<TFloat32>> parts = tf.split(tf.constant(3), x, 2L).output();
    return List.of(parts.get(0), parts.get(1));
  }

  private static Operand<TFloat32> everySecond(Ops tf, Operand<TFloat32> x, int first) {
    return tf.stridedSlice(
        x,
        tf.constant(new int[] {0, 0, 0, first}),
        tf.constant(new int[] {0, 0, 0, 0}),
        tf.constant(new int[] {1, 1, 1, 2}),
        StridedSlice.beginMask(7L),
        StridedSlice.endMask(15L));
  }

  // (N, H, W, C) twice → (N, H, W, C, 2) → (N, H, W, 2C).
  private static Operand<TFloat32> interleave(
      Ops tf, Operand<TFloat32> left, Operand<TFloat32> right) {
    int channels = 2 * Shapes.channels(left);
    Operand<TFloat32> pairs = tf.stack(List.of(left, right), Stack.axis(4L));
    if (Shapes.hasStaticSize(left)) {
      int[] shape = {-1, Shapes.height(left), Shapes.width(left), channels};
      return tf.reshape(pairs, tf.constant(shape));
    }
    Operand<TInt32> size =
        tf.slice(tf.shape(left), tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    Operand<TInt32> shape =
        tf.concat(List.of(size, tf.constant(new int[] {channels})), tf.constant(0));
    return tf.reshape(pairs, shape);
  }
}
