package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.norm.BatchNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * Style-based Recalibration Module, SRM: y = x ⊙ σ(BN(w₀ ⊙ μ + w₁ ⊙ s)), with μ and s the mean and
 * the standard deviation of each channel over H and W.
 *
 * <p>Lee, Kim, Nam 2019, "SRM: A Style-based Recalibration Module for Convolutional Neural
 * Networks" (arXiv 1903.10829); official code: github
 * hyunjaelee410/style-based-recalibration-module.
 *
 * <p>The paper divides the variance by HW and adds nothing; the released code divides by HW − 1 and
 * adds 1e-5 under the root. Both are supported; the released form is the default. Two differences:
 * at HW = 1 the released form divides by 1 instead of 0, and a root at 0 has gradient 0 instead of
 * infinity, so training works with constant maps. The ablation's pooling and integration are
 * settings: FC is one dense layer over the concatenated statistics, MLP is SE's two. How exactly
 * the authors built the variants other than CFC is not public; without norm, nothing takes its
 * place.
 *
 * <p>Variables with {@code cfc}: {@code cfc} (C, statistics), {@code bn/gamma}, {@code bn/beta}
 * (C), {@code bn/moving_mean}, {@code bn/moving_variance}; 4C parameters. They start so that every
 * gate is 0.5, and are exempt from weight decay. With {@code fc}: {@code fc/kernel} (statistics ·
 * C, C), which starts at 0 too, and {@code bn/*}. With {@code mlp}: {@code reduce/*}, {@code
 * expand/*}. These matrices are decayed. With S statistics and the hidden width h: CFC SC + 2C, FC
 * SC² + 2C, each without {@code bn} 2C less; MLP SCh + h + hC + C, with {@code bn} SCh + hC + 2C.
 *
 * @param variance the divisor of the sum of squares
 * @param epsilon added under the root, not negative
 * @param pooling which statistics describe a channel's style
 * @param integration how they are combined into a gate
 * @param reduction the MLP's reduction; unused without one
 */
public record StyleRecalibration(
    Variance variance, float epsilon, Pooling pooling, Integration integration, int reduction)
    implements ChannelGate {

  /** The divisor of the variance. */
  public enum Variance {
    /** HW, as in the paper. */
    POPULATION,
    /** HW − 1, as in the released code. */
    SAMPLE
  }

  /** The statistics of a channel. */
  public enum Pooling {
    /** The mean. */
    MEAN,
    /** The standard deviation. */
    DEVIATION,
    /** The maximum. */
    MAX,
    /** Mean and maximum. */
    MEAN_MAX,
    /** Mean and standard deviation, as in SRM. */
    MEAN_DEVIATION
  }

  /** How statistics are combined into the logits of the gates. */
  public enum Integration {
    /** A weight per channel and statistic, then batch norm, as in SRM. */
    CFC(true),
    /** CFC without the norm. */
    CFC_NO_BN(false),
    /** A dense layer from all statistics to all channels, without bias, then batch norm. */
    FC(true),
    /** FC without the norm. */
    FC_NO_BN(false),
    /** Two dense layers over all statistics, with biases, as in SE. */
    MLP(false),
    /** Two dense layers without biases, then batch norm. */
    MLP_BN(true);

    private final boolean norm;

    Integration(boolean norm) {
      this.norm = norm;
    }
  }

  /** Rejects missing settings, negative epsilons and reductions below 1. */
  public StyleRecalibration {
    Objects.requireNonNull(variance, "variance");
    Objects.requireNonNull(pooling, "pooling");
    Objects.requireNonNull(integration, "integration");
    Gate.requireReduction(reduction);
    if (!(epsilon >= 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon: expected at least 0 and finite, but got " + epsilon + ".");
    }
  }

  /** The released code: HW − 1, ε 1e-5, mean and deviation, CFC. */
  public static StyleRecalibration defaults() {
    return new StyleRecalibration(
        Variance.SAMPLE, 1e-5f, Pooling.MEAN_DEVIATION, Integration.CFC, 16);
  }

  /** The paper's equations: HW, ε 0, mean and deviation, CFC. */
  public static StyleRecalibration paper() {
    return new StyleRecalibration(
        Variance.POPULATION, 0f, Pooling.MEAN_DEVIATION, Integration.CFC, 16);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    return Gate.apply(context, x, gates(context, style(context.tf(), x), channels));
  }

  @Override
  public boolean canFold() {
    return pooling != Pooling.MAX && pooling != Pooling.MEAN_MAX;
  }

  @Override
  public FoldedMap fold(BuildContext context, FoldedMap x) {
    if (!canFold()) {
      throw new IllegalStateException("Expected a mean or a variance, but got " + pooling + ".");
    }
    List<Operand<TFloat32>> style = new ArrayList<>();
    if (pooling != Pooling.DEVIATION) {
      style.add(x.mean());
    }
    if (pooling != Pooling.MEAN) {
      style.add(deviation(context.tf(), x));
    }
    return Gate.apply(context, x, gates(context, style, x.channels()));
  }

  private Operand<TFloat32> gates(
      BuildContext context, List<Operand<TFloat32>> style, int channels) {
    Operand<TFloat32> z =
        switch (integration) {
          case CFC, CFC_NO_BN -> channelWise(context, style, channels);
          case FC, FC_NO_BN ->
              new Dense(channels, false, Initializer.zeros())
                  .build(context.at("fc"), joined(context.tf(), style));
          case MLP, MLP_BN ->
              Gate.bottleneck(
                  context,
                  joined(context.tf(), style),
                  Gate.hidden(channels, reduction),
                  channels,
                  !integration.norm);
        };
    Operand<TFloat32> logits =
        integration.norm ? BatchNorm.defaults().undecayed().build(context.at("bn"), z) : z;
    return context.tf().math.sigmoid(logits);
  }

  private static Operand<TFloat32> joined(Ops tf, List<Operand<TFloat32>> style) {
    return style.size() == 1 ? style.get(0) : tf.concat(style, tf.constant(1));
  }

  private Operand<TFloat32> channelWise(
      BuildContext context, List<Operand<TFloat32>> style, int channels) {
    Ops tf = context.tf();
    Operand<TFloat32> weights =
        context
            .variable(
                VariableSpec.undecayed(
                    "cfc", Shape.of(channels, style.size()), Initializer.zeros()))
            .read();
    Operand<TFloat32> stacked = tf.stack(style, Stack.axis(2L));
    return tf.reduceSum(tf.math.mul(stacked, weights), tf.constant(2));
  }

  private List<Operand<TFloat32>> style(Ops tf, Operand<TFloat32> x) {
    return switch (pooling) {
      case MEAN -> List.of(mean(tf, x));
      case DEVIATION -> List.of(deviation(tf, x, mean(tf, x)));
      case MAX -> List.of(maximum(tf, x));
      case MEAN_MAX -> List.of(mean(tf, x), maximum(tf, x));
      case MEAN_DEVIATION -> {
        Operand<TFloat32> mean = mean(tf, x);
        yield List.of(mean, deviation(tf, x, mean));
      }
    };
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.constant(new int[] {1, 2}));
  }

  private static Operand<TFloat32> maximum(Ops tf, Operand<TFloat32> x) {
    return tf.reduceMax(x, tf.constant(new int[] {1, 2}));
  }

  private Operand<TFloat32> deviation(Ops tf, Operand<TFloat32> x, Operand<TFloat32> mean) {
    Operand<TFloat32> centred =
        tf.math.sub(x, tf.expandDims(tf.expandDims(mean, tf.constant(1)), tf.constant(1)));
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(centred), tf.constant(new int[] {1, 2}));
    Operand<TFloat32> v = tf.math.div(squares, divisor(tf, x));
    return root(tf, tf.math.add(v, tf.constant(epsilon)));
  }

  private Operand<TFloat32> deviation(Ops tf, FoldedMap x) {
    int divisor = variance == Variance.SAMPLE ? Math.max(x.pixels() - 1, 1) : x.pixels();
    Operand<TFloat32> v = tf.math.mul(x.variance(), tf.constant((float) x.pixels() / divisor));
    return root(tf, tf.math.add(v, tf.constant(epsilon)));
  }

  private Operand<TFloat32> divisor(Ops tf, Operand<TFloat32> x) {
    var size =
        tf.dtypes.cast(
            tf.slice(tf.shape(x), tf.constant(new int[] {1}), tf.constant(new int[] {2})),
            TFloat32.class);
    Operand<TFloat32> pixels = tf.reduceProd(size, tf.constant(0));
    return switch (variance) {
      case POPULATION -> pixels;
      case SAMPLE -> tf.math.maximum(tf.math.sub(pixels, tf.constant(1f)), tf.constant(1f));
    };
  }

  // The root's gradient at 0 is infinite; a constant in the branch not taken keeps it 0.
  private static Operand<TFloat32> root(Ops tf, Operand<TFloat32> v) {
    Operand<TFloat32> zero = tf.constant(0f);
    var positive = tf.math.greater(v, zero);
    Operand<TFloat32> safe = tf.select(positive, v, tf.constant(1f));
    return tf.select(positive, tf.math.sqrt(safe), zero);
  }
}
