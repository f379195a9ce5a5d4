package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.pool.GlobalAveragePool;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Squeeze-and-Excitation: y = x ⊙ σ(W₂ · relu(W₁ · mean(x) + b₁) + b₂).
 *
 * <p>Hu, Shen, Sun 2018, "Squeeze-and-Excitation Networks" (arXiv 1709.01507); official code:
 * github hujie-frank/SENet (Caffe). No differences; it has the biases that some ports leave out.
 * The hidden width is C / reduction rounded down, at least 1.
 *
 * <p>Variables: {@code reduce/kernel} (C, C/r), {@code reduce/bias}, {@code expand/kernel} (C/r,
 * C), {@code expand/bias}; 2C²/r + C + C/r parameters, 2C²/r without biases.
 *
 * @param reduction r, at least 1
 * @param bias whether both dense layers have one
 */
public record SqueezeExcitation(int reduction, boolean bias) implements ChannelGate {

  /** Rejects reductions below 1. */
  public SqueezeExcitation {
    Gate.requireReduction(reduction);
  }

  /** With biases. */
  public SqueezeExcitation(int reduction) {
    this(reduction, true);
  }

  /** r = 16, with biases. */
  public static SqueezeExcitation defaults() {
    return new SqueezeExcitation(16);
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
    Operand<TFloat32> logits =
        Gate.bottleneck(context, mean, Gate.hidden(channels, reduction), channels, bias);
    return context.tf().math.sigmoid(logits);
  }
}
