package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Products;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.pool.Resize;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * SLIM's masks and styles, computed from one map and applied to another: y = high ⊙ (1 + Σ_g m_g
 * s_g / (Σ_g m_g + 1e-6)).
 *
 * <p>Masks are upsampled by repeating pixels, and the factor is computed per pixel. So the factor
 * is computed at the low resolution, where it is small, and then repeated: the large map needs a
 * single product. If the sizes divide evenly, the product is a broadcast over rows, and only the
 * result has the size of the large map.
 *
 * @param reduction r; a group's hidden width is max(1, c / r)
 * @param dilation of the masks' 3×3 convolutions
 * @param styleNorm whether the style branch has a batch norm
 * @param weights the initialisation of the groups' variables
 */
record Modulation(int reduction, int dilation, boolean styleNorm, GroupWeights weights) {

  private static final float EPSILON = 1e-6f;

  // Up to this size a convolution costs more than a product whose matrix is mostly zeros.
  private static final int MAX_DENSE_CHANNELS = 8;

  /**
   * Adds the modulation to the graph, publishing {@code masks} (N, H, W, G), of {@code high}'s
   * size, and {@code styles} (N, G, D).
   *
   * @param low the map from which masks and styles are computed, (N, h, w, C)
   * @param high the modulated map, (N, H, W, D)
   * @param noise added to the masks' logits times {@code noise_gain}, (N, h, w, 1)
   */
  Operand<TFloat32> build(
      BuildContext context,
      int count,
      Operand<TFloat32> low,
      Operand<TFloat32> high,
      Optional<Operand<TFloat32>> noise) {
    Ops tf = context.tf();
    // Factors of pixels are not a convolution and not counted, although a product computes them.
    context.multiplyAdds(0);
    Groups groups = Groups.of(context, count, weights);
    int hidden = Math.max(1, Shapes.channels(low) / count / reduction);
    Operand<TFloat32> styles = styles(groups.at("style"), low, hidden, Shapes.channels(high));
    Operand<TFloat32> logits = logits(groups.at("mask"), low, hidden);
    Operand<TFloat32> masks =
        tf.math.sigmoid(noise.map(values -> noisy(context, logits, values)).orElse(logits));
    Operand<TFloat32> resized = sameSize(masks, high) ? masks : nearest(context, masks, high);
    context.publish("masks", resized);
    context.publish("styles", styles);
    if (isSmaller(high, masks)) {
      return tf.math.mul(high, factor(tf, resized, styles));
    }
    return divides(masks, high)
        ? byLines(tf, high, masks, styles)
        : whole(context, high, masks, styles);
  }

  private Operand<TFloat32> styles(Groups groups, Operand<TFloat32> low, int hidden, int channels) {
    Ops tf = groups.joint().tf();
    Operand<TFloat32> means = GlobalAveragePool.mean(tf, low);
    Groups reduce = groups.at("reduce");
    Operand<TFloat32> first = reduce.dense(means, hidden);
    Operand<TFloat32> bias = reduce.bias(hidden);
    Operand<TFloat32> normal =
        styleNorm ? groups.batchNorm("bn", first, Optional.of(bias)) : tf.nn.biasAdd(first, bias);
    Groups expand = groups.at("expand");
    Operand<TFloat32> last = expand.dense(Activation.RELU.apply(tf, normal), channels);
    Operand<TFloat32> biased = tf.nn.biasAdd(last, expand.bias(channels));
    return tf.reshape(biased, tf.constant(new int[] {-1, groups.count(), channels}));
  }

  private Operand<TFloat32> logits(Groups groups, Operand<TFloat32> low, int hidden) {
    Groups reduce = groups.at("reduce");
    Operand<TFloat32> x =
        hidden <= MAX_DENSE_CHANNELS
            ? reduce.pointwiseUnit(groups, "bn0", low, hidden)
            : reduce.unit(groups, "bn0", low, hidden, 1, 1, true);
    x = groups.at("conv1").unit(groups, "bn1", x, hidden, 3, dilation, true);
    x = groups.at("conv2").unit(groups, "bn2", x, hidden, 3, dilation, true);
    return groups.at("project").weightedSum(x);
  }

  private static Operand<TFloat32> noisy(
      BuildContext context, Operand<TFloat32> logits, Operand<TFloat32> noise) {
    Ops tf = context.tf();
    Operand<TFloat32> gain = context.weight("noise_gain", Shape.scalar(), Initializer.zeros());
    return tf.math.add(logits, tf.math.mul(noise, gain));
  }

  // (N, h, w, G) and (N, G, D) to (N, h, w, D).
  private static Operand<TFloat32> factor(
      Ops tf, Operand<TFloat32> masks, Operand<TFloat32> styles) {
    int groups = Shapes.channels(masks);
    int channels = Math.toIntExact(styles.shape().get(2));
    Operand<TInt32> pixels;
    Operand<TInt32> map;
    if (Shapes.hasStaticSize(masks)) {
      int height = Shapes.height(masks);
      int width = Shapes.width(masks);
      pixels = tf.constant(new int[] {-1, height * width, groups});
      map = tf.constant(new int[] {-1, height, width, channels});
    } else {
      Operand<TInt32> size = tf.shape(masks);
      Operand<TInt32> first = tf.constant(new int[] {0});
      Operand<TInt32> axis = tf.constant(0);
      Operand<TInt32> batch = tf.slice(size, first, tf.constant(new int[] {1}));
      Operand<TInt32> plane = tf.slice(size, first, tf.constant(new int[] {3}));
      pixels = tf.concat(List.of(batch, tf.constant(new int[] {-1, groups})), axis);
      map = tf.concat(List.of(plane, tf.constant(new int[] {channels})), axis);
    }
    Operand<TFloat32> flat = tf.reshape(shares(tf, masks), pixels);
    return tf.reshape(onePlus(tf, flat, styles), map);
  }

  private static Operand<TFloat32> shares(Ops tf, Operand<TFloat32> masks) {
    Operand<TFloat32> sum =
        tf.reduceSum(masks, tf.constant(new int[] {3}), ReduceSum.keepDims(true));
    return tf.math.div(masks, tf.math.add(sum, tf.constant(EPSILON)));
  }

  // (N, P, G) and (N, G, D) to (N, P, D). The constant 1 is a further group with weight and style
  // 1.
  private static Operand<TFloat32> onePlus(
      Ops tf, Operand<TFloat32> shares, Operand<TFloat32> styles) {
    int[] none = {0, 0};
    int[] one = {0, 1};
    Operand<TFloat32> value = tf.constant(1f);
    return Products.batched(
        tf,
        tf.pad(shares, tf.constant(new int[][] {none, none, one}), value),
        tf.pad(styles, tf.constant(new int[][] {none, one, none}), value));
  }

  private static Operand<TFloat32> nearest(
      BuildContext context, Operand<TFloat32> x, Operand<TFloat32> target) {
    boolean indexed =
        context.portable()
            && Shapes.hasStaticSize(x)
            && Shapes.hasStaticSize(target)
            && !divides(x, target);
    return indexed
        ? Resize.nearestByIndex(context.tf(), x, Shapes.height(target), Shapes.width(target))
        : Resize.NEAREST.like(context.tf(), x, target);
  }

  private static Operand<TFloat32> whole(
      BuildContext context,
      Operand<TFloat32> high,
      Operand<TFloat32> masks,
      Operand<TFloat32> styles) {
    Ops tf = context.tf();
    Operand<TFloat32> factor = factor(tf, masks, styles);
    return tf.math.mul(high, sameSize(factor, high) ? factor : nearest(context, factor, high));
  }

  // A row of the low map is broadcast over the rows of the high map that repeat it. Along the row
  // only the weights are repeated, which are few.
  private static Operand<TFloat32> byLines(
      Ops tf, Operand<TFloat32> high, Operand<TFloat32> masks, Operand<TFloat32> styles) {
    int groups = Shapes.channels(masks);
    int rows = Shapes.height(masks);
    int columns = Shapes.width(masks);
    int height = Shapes.height(high);
    int width = Shapes.width(high);
    int channels = Shapes.channels(high);
    Operand<TFloat32> pixels =
        tf.reshape(shares(tf, masks), tf.constant(new int[] {-1, columns, 1, groups}));
    Operand<TFloat32> wide = tf.tile(pixels, tf.constant(new int[] {1, 1, width / columns, 1}));
    Operand<TFloat32> flat = tf.reshape(wide, tf.constant(new int[] {-1, rows * width, groups}));
    Operand<TFloat32> line =
        tf.reshape(onePlus(tf, flat, styles), tf.constant(new int[] {-1, 1, width * channels}));
    Operand<TFloat32> lines =
        tf.reshape(high, tf.constant(new int[] {-1, height / rows, width * channels}));
    return tf.reshape(
        tf.math.mul(lines, line), tf.constant(new int[] {-1, height, width, channels}));
  }

  private static boolean sameSize(Operand<TFloat32> one, Operand<TFloat32> other) {
    return Shapes.hasStaticSize(one)
        && Shapes.hasStaticSize(other)
        && Shapes.height(one) == Shapes.height(other)
        && Shapes.width(one) == Shapes.width(other);
  }

  private static boolean divides(Operand<TFloat32> low, Operand<TFloat32> high) {
    return Shapes.hasStaticSize(low)
        && Shapes.hasStaticSize(high)
        && Shapes.height(high) % Shapes.height(low) == 0
        && Shapes.width(high) % Shapes.width(low) == 0;
  }

  private static boolean isSmaller(Operand<TFloat32> map, Operand<TFloat32> than) {
    return Shapes.hasStaticSize(map)
        && Shapes.hasStaticSize(than)
        && (long) Shapes.height(map) * Shapes.width(map)
            < (long) Shapes.height(than) * Shapes.width(than);
  }
}
