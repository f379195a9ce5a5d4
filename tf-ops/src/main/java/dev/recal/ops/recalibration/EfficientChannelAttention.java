package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.Window;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.GlobalAveragePool;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Efficient Channel Attention, ECA: y = x ⊙ σ(w ∗ mean(x)), a convolution of k taps over the
 * channels, zeros beyond both ends, without bias.
 *
 * <p>Wang et al. 2020, "ECA-Net: Efficient Channel Attention for Deep Convolutional Neural
 * Networks" (arXiv 1910.03151); official code: github BangguWu/ECANet. The adaptive k is the
 * code's: (log₂C + b) / γ rounded down, plus 1 where that is even, with γ = 2 and b = 1; timm takes
 * at least 3, which differs only below 8 channels. The code's networks set k explicitly (3, 5, 5, 7
 * for the stages of ResNet-50, where the formula gives 5, 5, 5, 7).
 *
 * <p>Variable: {@code conv/kernel} (1, k, 1, 1), U(±1/√k) initially; k parameters.
 *
 * @param kernel k, odd; 0 for the adaptive one
 */
public record EfficientChannelAttention(int kernel) implements ChannelGate {

  /** Rejects even and negative kernels, except 0. */
  public EfficientChannelAttention {
    if (kernel != 0) {
      Gate.requireOdd("kernel", kernel);
    }
  }

  /** The adaptive kernel. */
  public static EfficientChannelAttention defaults() {
    return new EfficientChannelAttention(0);
  }

  /** Returns k for a number of channels. */
  public int taps(int channels) {
    if (kernel != 0) {
      return kernel;
    }
    int nearest = (int) ((Math.log(channels) / Math.log(2) + 1) / 2);
    return nearest % 2 == 1 ? nearest : nearest + 1;
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Operand<TFloat32> mean = GlobalAveragePool.mean(context.tf(), x);
    return Gate.apply(context, x, gates(context, mean, channels));
  }

  @Override
  public boolean canFold() {
    return true;
  }

  @Override
  public FoldedMap fold(BuildContext context, FoldedMap x) {
    return Gate.apply(context, x, gates(context, x.mean(), x.channels()));
  }

  private Operand<TFloat32> gates(BuildContext context, Operand<TFloat32> mean, int channels) {
    Ops tf = context.tf();
    Window window = new Window(1, taps(channels), 1, Padding.CENTRED, 1);
    Conv2d convolution = new Conv2d(1, window, 1, false, VarianceScaling.uniformFanIn());
    Operand<TFloat32> row = tf.reshape(mean, tf.constant(new int[] {-1, 1, channels, 1}));
    Operand<TFloat32> logits = convolution.build(context.at("conv"), row);
    return tf.math.sigmoid(tf.reshape(logits, tf.constant(new int[] {-1, channels})));
  }
}
