package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.fusion.CentredMap;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Attentive Normalization, AN: y = (λ·γ) ⊙ x̂ + (λ·β). x̂ is x normalised by the base without
 * affine transformation; λ (N, K) weights K affine transformations for each sample; γ and β are (K,
 * C).
 *
 * <p>Li, Sun, Wu 2020, "Attentive Normalization" (arXiv 1908.01259); official code: github
 * iVMCL/AOGNet-v2 and iVMCL/AttentiveNorm_Detection. λ = act(… a·W …), see {@link Attention}, of
 * the pooled feature a = mean(x) · (var(x) + 1e-3)^(−½), with the mean and the unbiased variance of
 * each channel of the layer's input over H and W. Two differences: at H·W = 1, where the unbiased
 * variance is undefined, it is 0; and the paper describes a mixture, but λ sums to 1 only under
 * {@link Attention#BN_SOFTMAX}, here as in the code. Layer and instance bases follow the equations.
 *
 * <p>Variables: {@code gamma} from N(1, 0.1²) and {@code beta} from N(0, 0.1²), each (K, C); over a
 * batch base {@code norm/moving_mean}, {@code norm/moving_variance} (C); and in the scope {@code
 * attention}, with the initial values of {@link Start}:
 *
 * <table>
 * <caption>Variables of the attention; bn and gn have gamma and beta, bn moving statistics.</caption>
 * <tr><th>attention</th><th>variables</th><th>trainable values</th></tr>
 * <tr><td>sigmoid, hsigmoid</td><td>kernel (C, K), bias (K)</td><td>CK + K</td></tr>
 * <tr><td>mlp-sigmoid</td><td>reduce/kernel (C, 2K), reduce/bias, expand/kernel (2K, K),
 *     expand/bias</td><td>2CK + 2K² + 3K</td></tr>
 * <tr><td>bn-hsigmoid, bn-sigmoid, bn-softmax</td><td>kernel, bn/*</td><td>CK + 2K</td></tr>
 * <tr><td>mlp-bn-hsigmoid</td><td>reduce/kernel, reduce/bn/*, expand/kernel, expand/bn/*</td>
 *     <td>2CK + 2K² + 6K</td></tr>
 * <tr><td>gn-hsigmoid</td><td>kernel, gn/*</td><td>CK + 2K</td></tr>
 * </table>
 *
 * <p>Publishes λ as {@code attention}. Takes maps (N, H, W, C).
 *
 * @param base the axes over which x is normalised
 * @param groups of a group base, a divisor of the channels; unused with another base, not negative
 * @param components K, at least 2: a single component has no weights
 * @param attention how λ is computed from the pooled feature; empty for the default of the base,
 *     which is {@link Attention#GN_HSIGMOID} over groups and {@link Attention#BN_HSIGMOID}
 *     otherwise
 * @param pooling the statistic of the input that the attention uses
 * @param epsilon added to the variances of the base and of the attention's norms, not negative
 * @param decay the share of the moving statistics that a step keeps
 * @param zero whether γ and β, and so the output, start at 0
 * @param start the initial values of the attention; empty for {@link Start#HE_NORMAL}
 */
public record AttentiveNorm(
    Base base,
    int groups,
    int components,
    Optional<Attention> attention,
    Pooling pooling,
    float epsilon,
    float decay,
    boolean zero,
    Optional<Start> start)
    implements Norm {

  /** The axes over which x is normalised, without affine variables. */
  public enum Base {
    /** N, H and W; stored statistics in inference. */
    BATCH,
    /** H, W and the channels of a group. */
    GROUP,
    /** H and W. */
    INSTANCE,
    /** H, W and C. */
    LAYER
  }

  /** How λ is computed from the pooled feature a; W, W₁ (to 2K) and W₂ are dense kernels. */
  public enum Attention {
    /** sigmoid(a·W + b). */
    SIGMOID,
    /** hard-sigmoid(a·W + b). */
    HSIGMOID,
    /** sigmoid(relu(a·W₁ + b₁)·W₂ + b₂). */
    MLP_SIGMOID,
    /** hard-sigmoid(BN(a·W)), the published default. */
    BN_HSIGMOID,
    /** sigmoid(BN(a·W)). */
    BN_SIGMOID,
    /** softmax(BN(a·W)). */
    BN_SOFTMAX,
    /** hard-sigmoid(BN(relu(BN(a·W₁))·W₂)). */
    MLP_BN_HSIGMOID,
    /** hard-sigmoid(GN(a·W)) with one group over the K values, for small batches. */
    GN_HSIGMOID
  }

  /** The statistic of each input channel that the attention uses. */
  public enum Pooling {
    /** mean · (variance + 1e-3)^(−½). */
    NORMALISED,
    /** The mean, as in the paper's first version. */
    MEAN
  }

  /** The initial values of the attention's kernels and biases. */
  public enum Start {
    /** Kernels He-normal by fan-out, biases 0: the published classification networks. */
    HE_NORMAL,
    /** Both U(±1/√inputs), PyTorch's default: the published heads for detection. */
    UNIFORM
  }

  /** Rejects missing settings, K below 2, and groups, epsilons and decays out of range. */
  public AttentiveNorm {
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(attention, "attention");
    Objects.requireNonNull(pooling, "pooling");
    Objects.requireNonNull(start, "start");
    Epsilon.require(epsilon);
    BatchStatistics.requireDecay(decay);
    if (components < 2) {
      throw new IllegalArgumentException(
          "components: expected at least 2, but got " + components + ".");
    }
    int minimum = base == Base.GROUP ? 1 : 0;
    if (groups < minimum) {
      throw new IllegalArgumentException(
          "groups: expected at least " + minimum + ", but got " + groups + ".");
    }
  }

  /** With {@link Start#HE_NORMAL}. */
  public AttentiveNorm(
      Base base,
      int groups,
      int components,
      Optional<Attention> attention,
      Pooling pooling,
      float epsilon,
      float decay,
      boolean zero) {
    this(base, groups, components, attention, pooling, epsilon, decay, zero, Optional.empty());
  }

  /**
   * Over batch norm, K = 10, the default attention of the base; 32 groups if the base is grouped.
   */
  public static AttentiveNorm defaults() {
    return new AttentiveNorm(
        Base.BATCH, 32, 10, Optional.empty(), Pooling.NORMALISED, 1e-5f, 0.9f, false);
  }

  /** Returns a copy with another K. */
  public AttentiveNorm components(int count) {
    return new AttentiveNorm(base, groups, count, attention, pooling, epsilon, decay, zero, start);
  }

  /** Returns a copy over another base. */
  public AttentiveNorm base(Base other) {
    return new AttentiveNorm(
        other, groups, components, attention, pooling, epsilon, decay, zero, start);
  }

  /** Returns a copy over group norm. */
  public AttentiveNorm groups(int count) {
    return new AttentiveNorm(
        Base.GROUP, count, components, attention, pooling, epsilon, decay, zero, start);
  }

  /** Returns a copy with another attention. */
  public AttentiveNorm attention(Attention other) {
    return new AttentiveNorm(
        base, groups, components, Optional.of(other), pooling, epsilon, decay, zero, start);
  }

  /** Returns a copy with another pooling. */
  public AttentiveNorm pooling(Pooling other) {
    return new AttentiveNorm(
        base, groups, components, attention, other, epsilon, decay, zero, start);
  }

  /** Returns a copy with other initial values of the attention. */
  public AttentiveNorm start(Start other) {
    return new AttentiveNorm(
        base, groups, components, attention, pooling, epsilon, decay, zero, Optional.of(other));
  }

  @Override
  public AttentiveNorm zeroInitialised() {
    return new AttentiveNorm(
        base, groups, components, attention, pooling, epsilon, decay, true, start);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Ops tf = context.tf();
    Components affine = components(context, channels);
    if (base == Base.BATCH && !context.training()) {
      return stored(context, x, affine, channels);
    }
    Operand<TFloat32> plain = normalised(context, x, channels);
    Operand<TFloat32> weights = new AttentiveWeights(this).build(context.at("attention"), x);
    context.publish("attention", weights);
    Operand<TFloat32> scale = tf.linalg.matMul(weights, affine.gamma());
    Operand<TFloat32> offset = tf.linalg.matMul(weights, affine.beta());
    return tf.math.add(tf.math.mul(plain, asMap(tf, scale, channels)), asMap(tf, offset, channels));
  }

  // One scale and one offset for each sample and channel: two passes over the map instead of three.
  // TensorFlow.js's converter would fold a batch norm into the convolution, although the
  // convolution's output is also pooled.
  private Operand<TFloat32> stored(
      BuildContext context, Operand<TFloat32> x, Components affine, int channels) {
    Ops tf = context.tf();
    BatchStatistics statistics = BatchStatistics.of(context.at("norm"), channels, epsilon, decay);
    Operand<TFloat32> weights = new AttentiveWeights(this).build(context.at("attention"), x);
    context.publish("attention", weights);
    Operand<TFloat32> root =
        tf.math.rsqrt(tf.math.add(statistics.variance().read(), tf.constant(epsilon)));
    Operand<TFloat32> scale = tf.math.mul(tf.linalg.matMul(weights, affine.gamma()), root);
    Operand<TFloat32> offset =
        tf.math.sub(
            tf.linalg.matMul(weights, affine.beta()), tf.math.mul(statistics.mean().read(), scale));
    return tf.math.add(tf.math.mul(x, asMap(tf, scale, channels)), asMap(tf, offset, channels));
  }

  @Override
  public Optional<FoldedMap> fold(BuildContext context, Operand<TFloat32> x) {
    if (base != Base.BATCH || !context.training() || !CentredMap.supports(x)) {
      return Optional.empty();
    }
    int channels = Shapes.channels(x);
    Ops tf = context.tf();
    Components affine = components(context, channels);
    BatchStatistics stored = BatchStatistics.of(context.at("norm"), channels, epsilon, decay);
    CentredMap map = CentredMap.of(tf, x);
    FoldedStatistics statistics = FoldedStatistics.of(context.at("norm"), map, stored);
    Operand<TFloat32> weights = new AttentiveWeights(this).build(context.at("attention"), map);
    context.publish("attention", weights);
    Operand<TFloat32> scale = tf.linalg.matMul(weights, affine.gamma());
    Operand<TFloat32> offset = tf.linalg.matMul(weights, affine.beta());
    return Optional.of(statistics.fold(tf, map, scale, offset));
  }

  private record Components(Operand<TFloat32> gamma, Operand<TFloat32> beta) {}

  private Components components(BuildContext context, int channels) {
    Shape shape = Shape.of(components, channels);
    Operand<TFloat32> gamma = context.weight("gamma", shape, first(1f));
    return new Components(gamma, context.weight("beta", shape, first(0f)));
  }

  /** Returns the attention, or the default of the base if none is set. */
  Attention effectiveAttention() {
    return attention.orElse(base == Base.GROUP ? Attention.GN_HSIGMOID : Attention.BN_HSIGMOID);
  }

  private Initializer first(float mean) {
    return zero ? Initializer.zeros() : new Normal(mean, 0.1f);
  }

  private Operand<TFloat32> normalised(BuildContext context, Operand<TFloat32> x, int channels) {
    Ops tf = context.tf();
    return switch (base) {
      case BATCH -> {
        Operand<TFloat32> one = tf.fill(tf.constant(new int[] {channels}), tf.constant(1f));
        Operand<TFloat32> zero = tf.fill(tf.constant(new int[] {channels}), tf.constant(0f));
        BuildContext scope = context.at("norm");
        yield BatchStatistics.of(scope, channels, epsilon, decay).normalise(scope, x, one, zero);
      }
      case GROUP -> GroupNorm.normalise(tf, x, groups, epsilon);
      case INSTANCE -> GroupNorm.normalise(tf, x, channels, epsilon);
      case LAYER -> GroupNorm.normalise(tf, x, 1, epsilon);
    };
  }

  private static Operand<TFloat32> asMap(Ops tf, Operand<TFloat32> vector, int channels) {
    return tf.reshape(vector, tf.constant(new int[] {-1, 1, 1, channels}));
  }
}
