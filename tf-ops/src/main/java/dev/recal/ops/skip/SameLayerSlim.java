package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.pool.GlobalAveragePool;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Inception modulation inside one layer, in place of a 3×3 convolution that keeps its channels.
 *
 * <p>Shen, Wu 2021 (arXiv 2112.14804) propose it as a "drop-in replacement for convolution layers
 * in ResNets". Neither its formula nor its code was released, so this is the project's own
 * interpretation, in two forms. With G groups of c = C / G channels:
 *
 * <ul>
 *   <li>{@link Form#STYLE_MASK}: y = v ⊙ (1 + Σ_g m_g s_g / (Σ_g m_g + 1e-6)), where v is a 3×3
 *       convolution of x in G groups with the stride and without bias, and masks and styles are
 *       those of {@link SkipLayerSlim} made of x, the masks resized to v's size (nearest, floor).
 *       Variables {@code value/kernel} (3, 3, c, C) and SLIM's, with D = C.
 *   <li>{@link Form#QUERY_KEY}: for each group y_g = softmax(q ⊙ k) ⊙ v over its channels at every
 *       pixel, q = 3×3(relu BN 3×3 x_g), k = W₂ · relu(BN(W₁ · mean(x_g))) + b, v = 3×3 x_g with
 *       bias; hidden width max(4, c / r); then s×s average pooling for the stride s, where a window
 *       that exceeds the map averages only the pixels inside, so that ceil(H / s) rows remain, as
 *       after a convolution. Variables {@code groupG/query/reduce/kernel}, {@code query/bn/*},
 *       {@code query/expand/*}, {@code key/reduce/kernel}, {@code key/bn/*}, {@code key/expand/*},
 *       {@code value/*}.
 * </ul>
 *
 * <p>All groups are computed together. Publishes {@code masks} (N, H', W', G) and {@code styles}
 * (N, G, C), or {@code keys} (N, G, c).
 *
 * @param form the interpretation
 * @param groups G, a divisor of the channels
 * @param reduction r, at least 1
 * @param dilation of the masks' 3×3 convolutions, at least 1; 1 in the query-key form, which has
 *     none
 * @param stride s, at least 1
 */
public record SameLayerSlim(Form form, int groups, int reduction, int dilation, int stride)
    implements SpatialLayer {

  /** The interpretation of the paper. */
  public enum Form {
    /** Masks and styles modulate a grouped convolution. */
    STYLE_MASK,
    /** Queries and keys choose among the channels of a grouped convolution. */
    QUERY_KEY
  }

  private static final int MIN_HIDDEN = 4;

  /** Rejects numbers below 1, and a dilation in the form that has none. */
  public SameLayerSlim {
    Objects.requireNonNull(form, "form");
    Inputs.requirePositive("groups", groups);
    Inputs.requirePositive("reduction", reduction);
    Inputs.requirePositive("dilation", dilation);
    Inputs.requirePositive("stride", stride);
    if (form == Form.QUERY_KEY && dilation != 1) {
      throw new IllegalArgumentException(
          "dilation: expected 1, since the query-key form has no dilated convolutions, but got "
              + dilation
              + ".");
    }
  }

  /** Style and mask, G = 4, r = 16, without dilation and stride. */
  public static SameLayerSlim defaults() {
    return new SameLayerSlim(Form.STYLE_MASK, 4, 16, 1, 1);
  }

  /** Query and key, without stride. */
  public static SameLayerSlim queryKey(int groups, int reduction) {
    return new SameLayerSlim(Form.QUERY_KEY, groups, reduction, 1, 1);
  }

  /** Returns a copy with another stride that accepts only maps of {@code channels} channels. */
  @Override
  public Layer sized(int channels, int otherStride) {
    SameLayerSlim strided = new SameLayerSlim(form, groups, reduction, dilation, otherStride);
    return (context, x) -> {
      if (Inputs.channels("x", x) != channels) {
        throw new IllegalArgumentException(
            "channels: expected the "
                + x.shape().get(3)
                + " channels of x, which same-layer SLIM keeps, but got "
                + channels
                + ".");
      }
      return strided.build(context, x);
    };
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Inputs.channels("x", x);
    int share = Inputs.share(groups, "x", channels);
    return switch (form) {
      case STYLE_MASK -> styleMask(context, x, channels);
      case QUERY_KEY -> queryKey(context, x, share);
    };
  }

  private Operand<TFloat32> styleMask(BuildContext context, Operand<TFloat32> x, int channels) {
    Conv2d convolution = Conv2d.of(channels, 3).stride(stride).groups(groups);
    Operand<TFloat32> value = convolution.build(context.at("value"), x);
    return new Modulation(reduction, dilation, true, GroupWeights.PLAIN)
        .build(context, groups, x, value, Optional.empty());
  }

  private Operand<TFloat32> queryKey(BuildContext context, Operand<TFloat32> x, int share) {
    Ops tf = context.tf();
    Groups all = Groups.of(context, groups, GroupWeights.PLAIN);
    int hidden = Math.max(MIN_HIDDEN, share / reduction);
    Operand<TFloat32> keys = keys(all.at("key"), x, hidden, share);
    context.publish("keys", tf.reshape(keys, tf.constant(new int[] {-1, groups, share})));
    Operand<TFloat32> queries = queries(all.at("query"), x, hidden, share);
    Operand<TFloat32> values = all.at("value").convolution(x, share, 3);
    int channels = groups * share;
    Operand<TFloat32> pixel = tf.reshape(keys, tf.constant(new int[] {-1, 1, 1, channels}));
    Operand<TFloat32> logits =
        tf.reshape(tf.math.mul(queries, pixel), tf.constant(new int[] {-1, share}));
    Operand<TFloat32> flat = tf.reshape(values, tf.constant(new int[] {-1, share}));
    Operand<TFloat32> chosen = tf.math.mul(tf.nn.softmax(logits), flat);
    return pooled(tf, tf.reshape(chosen, tf.shape(values)));
  }

  private static Operand<TFloat32> keys(Groups groups, Operand<TFloat32> x, int hidden, int share) {
    Ops tf = groups.joint().tf();
    Operand<TFloat32> means = GlobalAveragePool.mean(tf, x);
    Operand<TFloat32> first = groups.at("reduce").dense(means, hidden);
    Operand<TFloat32> normal = groups.batchNorm("bn", first, Optional.empty());
    Groups expand = groups.at("expand");
    Operand<TFloat32> last = expand.dense(Activation.RELU.apply(tf, normal), share);
    return tf.nn.biasAdd(last, expand.bias(share));
  }

  private static Operand<TFloat32> queries(
      Groups groups, Operand<TFloat32> x, int hidden, int share) {
    Operand<TFloat32> inner = groups.at("reduce").unit(groups, "bn", x, hidden, 3, 1, false);
    return groups.at("expand").convolution(inner, share, 3);
  }

  private Operand<TFloat32> pooled(Ops tf, Operand<TFloat32> x) {
    if (stride == 1) {
      return x;
    }
    List<Long> window = List.of(1L, (long) stride, (long) stride, 1L);
    return tf.nn.avgPool(x, window, window, "SAME");
  }
}
