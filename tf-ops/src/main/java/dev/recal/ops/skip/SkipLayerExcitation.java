package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.AdaptiveAveragePool;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Skip-layer excitation, SLE: y = high ⊙ σ(W₂ ∗ swish(W₁ ∗ pool(low))).
 *
 * <p>Liu, Zhu, Song, Elgammal 2021, "Towards Faster and Stabilized GAN Training for High-fidelity
 * Few-shot Image Synthesis" (arXiv 2101.04775); official code: github odegeasslbc/FastGAN-pytorch.
 * No differences: adaptive average pooling of the low map to 4×4, a 4×4 convolution without border
 * to one value for each channel of the high map, a 1×1 convolution, no biases. The official network
 * divides both kernels by their spectral norms and initialises them with N(0, 0.02²); here these
 * are settings. A low map smaller than 4×4 is pooled by PyTorch's definition, which repeats its
 * pixels.
 *
 * <p>Variables: {@code gather/kernel} (4, 4, C, D), {@code expand/kernel} (1, 1, D, D); 16CD + D²
 * parameters; with spectral norm the statistics {@code gather/kernel_u}, {@code expand/kernel_u}
 * (D). Publishes {@code gate} (N, D).
 *
 * @param spectral whether both kernels are divided by their largest singular value, see {@link
 *     dev.recal.ops.conv.SpectralNorm}
 * @param initializer the kernels' initial values
 */
public record SkipLayerExcitation(boolean spectral, Initializer initializer) implements SkipLayer {

  private static final int SIZE = 4;

  /** Rejects a missing initializer. */
  public SkipLayerExcitation {
    Objects.requireNonNull(initializer, "initializer");
  }

  /** Without spectral norm, He-normal by fan-out. */
  public SkipLayerExcitation() {
    this(false, VarianceScaling.heNormalFanOut());
  }

  /** Without spectral norm, He-normal by fan-out. */
  public static SkipLayerExcitation defaults() {
    return new SkipLayerExcitation();
  }

  @Override
  public Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> low, Operand<TFloat32> high) {
    Inputs.channels("low", low);
    int channels = Inputs.channels("high", high);
    Inputs.requireSame("high", high, "low", low, 0);
    Ops tf = context.tf();
    Operand<TFloat32> cells = AdaptiveAveragePool.pool(tf, low, SIZE);
    Conv2d gather = convolution(channels, SIZE).padding(Padding.VALID);
    Operand<TFloat32> gathered = gather.build(context.at("gather"), cells);
    Operand<TFloat32> logits =
        convolution(channels, 1).build(context.at("expand"), Activation.SWISH.apply(tf, gathered));
    Operand<TFloat32> gate = tf.math.sigmoid(logits);
    context.publish("gate", tf.reshape(gate, tf.constant(new int[] {-1, channels})));
    return tf.math.mul(high, gate);
  }

  private Conv2d convolution(int channels, int kernel) {
    Conv2d plain = Conv2d.of(channels, kernel).initializer(initializer);
    return spectral ? plain.withSpectralNorm() : plain;
  }
}
