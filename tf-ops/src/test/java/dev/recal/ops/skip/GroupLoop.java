package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.pool.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** SLIM by its formulas: one group after the other, of ordinary layers. */
final class GroupLoop {

  private GroupLoop() {}

  static Operand<TFloat32> modulated(
      BuildContext context,
      SkipLayerSlim slim,
      Operand<TFloat32> low,
      Operand<TFloat32> high,
      Optional<Operand<TFloat32>> noise) {
    Ops tf = context.tf();
    int channels = Shapes.channels(high);
    int hidden = Math.max(1, Shapes.channels(low) / slim.groups() / slim.reduction());
    Operand<TFloat32> gain =
        slim.noise() ? context.weight("noise_gain", Shape.scalar(), Initializer.zeros()) : null;
    List<Operand<TFloat32>> weighted = new ArrayList<>();
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (int g = 0; g < slim.groups(); g++) {
      BuildContext scope = context.at("group" + g);
      Operand<TFloat32> part = part(tf, low, g, slim.groups());
      Operand<TFloat32> logits = logits(scope.at("mask"), part, hidden, slim.dilation());
      if (noise.isPresent()) {
        logits = tf.math.add(logits, tf.math.mul(noise.get(), gain));
      }
      Operand<TFloat32> mask = Resize.NEAREST.like(tf, tf.math.sigmoid(logits), high);
      Operand<TFloat32> style = style(scope.at("style"), part, hidden, channels, slim.styleNorm());
      masks.add(mask);
      weighted.add(
          tf.math.mul(mask, tf.reshape(style, tf.constant(new int[] {-1, 1, 1, channels}))));
    }
    Operand<TFloat32> sum = tf.math.add(tf.math.addN(masks), tf.constant(1e-6f));
    Operand<TFloat32> factor =
        tf.math.add(tf.math.div(tf.math.addN(weighted), sum), tf.constant(1f));
    return tf.math.mul(high, factor);
  }

  static Operand<TFloat32> queryKey(BuildContext context, SameLayerSlim slim, Operand<TFloat32> x) {
    Ops tf = context.tf();
    int share = Shapes.channels(x) / slim.groups();
    int hidden = Math.max(4, share / slim.reduction());
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int g = 0; g < slim.groups(); g++) {
      BuildContext scope = context.at("group" + g);
      Operand<TFloat32> part = part(tf, x, g, slim.groups());
      BuildContext key = scope.at("key");
      Operand<TFloat32> first =
          new Dense(hidden, false, VarianceScaling.heNormalFanOut())
              .build(key.at("reduce"), GlobalAveragePool.mean(tf, part));
      Operand<TFloat32> keys = Dense.of(share).build(key.at("expand"), normal(key.at("bn"), first));
      BuildContext query = scope.at("query");
      Operand<TFloat32> inner = Conv2d.of(hidden, 3).build(query.at("reduce"), part);
      Operand<TFloat32> queries =
          Conv2d.of(share, 3).biased().build(query.at("expand"), normal(query.at("bn"), inner));
      Operand<TFloat32> values = Conv2d.of(share, 3).biased().build(scope.at("value"), part);
      Operand<TFloat32> pixel = tf.reshape(keys, tf.constant(new int[] {-1, 1, 1, share}));
      parts.add(tf.math.mul(tf.nn.softmax(tf.math.mul(queries, pixel)), values));
    }
    Operand<TFloat32> all = tf.concat(parts, tf.constant(3));
    List<Long> window = List.of(1L, (long) slim.stride(), (long) slim.stride(), 1L);
    return tf.nn.avgPool(all, window, window, "SAME");
  }

  private static Operand<TFloat32> part(Ops tf, Operand<TFloat32> x, int group, int groups) {
    return tf.split(tf.constant(3), x, (long) groups).output().get(group);
  }

  private static Operand<TFloat32> logits(
      BuildContext scope, Operand<TFloat32> part, int hidden, int dilation) {
    Operand<TFloat32> x = Conv2d.of(hidden, 1).biased().build(scope.at("reduce"), part);
    x = normal(scope.at("bn0"), x);
    x = Conv2d.of(hidden, 3).dilation(dilation).biased().build(scope.at("conv1"), x);
    x = normal(scope.at("bn1"), x);
    x = Conv2d.of(hidden, 3).dilation(dilation).biased().build(scope.at("conv2"), x);
    x = normal(scope.at("bn2"), x);
    return Conv2d.of(1, 1).biased().build(scope.at("project"), x);
  }

  private static Operand<TFloat32> style(
      BuildContext scope, Operand<TFloat32> part, int hidden, int channels, boolean norm) {
    Ops tf = scope.tf();
    Operand<TFloat32> first =
        Dense.of(hidden).build(scope.at("reduce"), GlobalAveragePool.mean(tf, part));
    Operand<TFloat32> inner = norm ? normal(scope.at("bn"), first) : tf.nn.relu(first);
    return Dense.of(channels).build(scope.at("expand"), inner);
  }

  private static Operand<TFloat32> normal(BuildContext scope, Operand<TFloat32> x) {
    return scope.tf().nn.relu(BatchNorm.defaults().build(scope, x));
  }
}
