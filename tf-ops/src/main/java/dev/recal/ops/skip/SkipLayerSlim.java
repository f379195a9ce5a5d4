package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.NoisySkipLayer;
import dev.recal.ops.initializer.Initializer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Skip-layer inception modulation, SLIM: y = high ⊙ (1 + Σ_g m_g s_g / (Σ_g m_g + 1e-6)).
 *
 * <p>Shen, Wu 2021, "SLIM: Skip-Layer Inception Modulation for Image Synthesis" (arXiv 2112.14804);
 * official code: github Torment123/SLIM_code (PyTorch). The channels of the low map are split into
 * G groups of c = C / G; with hidden width max(1, c / r) each group computes
 *
 * <ul>
 *   <li>a style s_g (D) = W₂ · relu(BN(W₁ · mean + b₁)) + b₂, unbounded;
 *   <li>a mask m_g (h, w) = σ(1×1(relu BN 3×3 (relu BN 3×3 (relu BN 1×1 x_g)))), all with biases,
 *       the 3×3 dilated, resized to the high map's size with the nearest pixel (floor).
 * </ul>
 *
 * <p>Differences from the official code: all groups are computed together; the hidden width is at
 * least 1; sizes are taken from the maps, not from settings; spectral norm and initial values are
 * settings. The biases before a batch norm are kept, though they cancel: see {@link
 * dev.recal.ops.norm.JointBatchNorm}.
 *
 * <p>Variables, for each group: {@code groupG/style/reduce/*}, {@code style/bn/*}, {@code
 * style/expand/*}, {@code mask/reduce/*}, {@code mask/bn0/*}, {@code mask/conv1/*}, {@code
 * mask/bn1/*}, {@code mask/conv2/*}, {@code mask/bn2/*}, {@code mask/project/*}; with noise one
 * scalar {@code noise_gain}, initially 0; with spectral norm the statistic {@code kernel_u} next to
 * every kernel. 15,524 parameters at C = 512, D = 64. Publishes {@code masks} (N, H, W, G) and
 * {@code styles} (N, G, D).
 *
 * @param groups G, a divisor of the low map's channels
 * @param reduction r, at least 1
 * @param dilation of the 3×3 convolutions, at least 1
 * @param styleNorm whether the style branch has a batch norm; the one-shot form, where a batch is
 *     one image, has none
 * @param noise whether one map of standard normal values, times {@code noise_gain}, is added to all
 *     groups' logits before σ, in training and in inference; in inference it is one map (1, h, w,
 *     1) for all images of a batch, so that no image depends on its position in the batch
 * @param spectral whether every kernel of every group, of styles and masks, is divided by its
 *     largest singular value, see {@link dev.recal.ops.conv.SpectralNorm}
 * @param initializer the kernels' initial values
 * @param gamma the batch norms' first γ
 */
public record SkipLayerSlim(
    int groups,
    int reduction,
    int dilation,
    boolean styleNorm,
    boolean noise,
    boolean spectral,
    Initializer initializer,
    Initializer gamma)
    implements NoisySkipLayer {

  /** Rejects numbers below 1. */
  public SkipLayerSlim {
    Inputs.requirePositive("groups", groups);
    Inputs.requirePositive("reduction", reduction);
    Inputs.requirePositive("dilation", dilation);
    Objects.requireNonNull(initializer, "initializer");
    Objects.requireNonNull(gamma, "gamma");
  }

  /** Without spectral norm, He-normal by fan-out, γ = 1. */
  public SkipLayerSlim(int groups, int reduction, int dilation, boolean styleNorm, boolean noise) {
    this(
        groups,
        reduction,
        dilation,
        styleNorm,
        noise,
        false,
        GroupWeights.PLAIN.kernel(),
        GroupWeights.PLAIN.gamma());
  }

  /** The few-shot form: G = 4, r = 16, dilation 2, no noise. */
  public static SkipLayerSlim defaults() {
    return new SkipLayerSlim(4, 16, 2, true, false);
  }

  /** The one-shot form: G = 4, r = 1, no batch norm in the style branch. */
  public static SkipLayerSlim oneShot(int dilation) {
    return new SkipLayerSlim(4, 1, dilation, false, false);
  }

  /**
   * Returns a copy with spectral norm.
   *
   * @param kernels the kernels' initial values
   * @param gammas the batch norms' first γ
   */
  public SkipLayerSlim spectral(Initializer kernels, Initializer gammas) {
    return new SkipLayerSlim(groups, reduction, dilation, styleNorm, noise, true, kernels, gammas);
  }

  @Override
  public Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> low, Operand<TFloat32> high) {
    check(low, high);
    return modulated(
        context, low, high, noise ? Optional.of(drawn(context, low)) : Optional.empty());
  }

  @Override
  public Operand<TFloat32> build(
      BuildContext context,
      Operand<TFloat32> low,
      Operand<TFloat32> high,
      Operand<TFloat32> noise) {
    if (!this.noise) {
      throw new IllegalArgumentException(
          "noise: expected none, since this layer's settings have no noise, but got a map.");
    }
    check(low, high);
    if (Inputs.channels("noise", noise) != 1) {
      throw new IllegalArgumentException(
          "noise: expected one channel, but got shape " + noise.shape() + ".");
    }
    Inputs.requireSame("noise", noise, "low", low, 0, 1, 2);
    return modulated(context, low, high, Optional.of(noise));
  }

  private void check(Operand<TFloat32> low, Operand<TFloat32> high) {
    Inputs.share(groups, "low", Inputs.channels("low", low));
    Inputs.channels("high", high);
    Inputs.requireSame("high", high, "low", low, 0);
  }

  private Operand<TFloat32> modulated(
      BuildContext context,
      Operand<TFloat32> low,
      Operand<TFloat32> high,
      Optional<Operand<TFloat32>> values) {
    GroupWeights weights = new GroupWeights(spectral, initializer, gamma);
    return new Modulation(reduction, dilation, styleNorm, weights)
        .build(context, groups, low, high, values);
  }

  private static Operand<TFloat32> drawn(BuildContext context, Operand<TFloat32> low) {
    Ops tf = context.tf();
    Operand<TInt32> one = tf.constant(new int[] {1});
    Operand<TInt32> whole = tf.shape(low);
    Operand<TInt32> count =
        context.training() ? tf.slice(whole, tf.constant(new int[] {0}), one) : one;
    Operand<TInt32> plane = tf.slice(whole, one, tf.constant(new int[] {2}));
    Operand<TInt32> size = tf.concat(List.of(count, plane, one), tf.constant(0));
    // The size depends on the map, and TensorFlow would request the gradient of the random
    // operation.
    return tf.stopGradient(
        tf.random.statelessRandomNormal(size, context.seed("noise"), TFloat32.class));
  }
}
