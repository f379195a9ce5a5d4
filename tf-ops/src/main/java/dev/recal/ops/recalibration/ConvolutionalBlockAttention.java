package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.GlobalAveragePool;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Convolutional Block Attention Module, CBAM: channel attention z = x ⊙ σ(M(mean(x)) + M(max(x))),
 * M(t) = W₂·relu(W₁·t + b₁) + b₂ over H and W; then spatial attention y = z ⊙ σ(BN(w ∗ [max(z),
 * mean(z)])) over the channels, w a k×k convolution without bias.
 *
 * <p>Woo et al. 2018, "CBAM: Convolutional Block Attention Module" (arXiv 1807.06521); official
 * code: github Jongchan/attention-module. Follows the code: the batch norm over the one spatial
 * logit (decay 0.99), the biases, the order of max and mean, and the parameter count; the paper's
 * equations have no batch norm, and timm has no biases and the mean first.
 *
 * <p>Variables: {@code channel/reduce/kernel} (C, C/r), {@code channel/reduce/bias}, {@code
 * channel/expand/kernel} (C/r, C), {@code channel/expand/bias}, {@code spatial/conv/kernel} (k, k,
 * 2, 1), {@code spatial/bn/*} (1). 2C²/r + C + C/r + 2k² + 2 parameters. Publishes {@code
 * channel/gate} (N, C) and {@code spatial/gate} (N, H, W, 1).
 *
 * @param reduction r, at least 1
 * @param bias whether both dense layers have one
 * @param kernel k, odd
 */
public record ConvolutionalBlockAttention(int reduction, boolean bias, int kernel)
    implements Layer {

  /** Rejects reductions below 1 and kernels that are not odd. */
  public ConvolutionalBlockAttention {
    Gate.requireReduction(reduction);
    Gate.requireOdd("kernel", kernel);
  }

  /** r = 16, with biases, 7×7. */
  public static ConvolutionalBlockAttention defaults() {
    return new ConvolutionalBlockAttention(16, true, 7);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Operand<TFloat32> z = channelGated(context.at("channel"), x);
    return spatiallyGated(context.at("spatial"), z);
  }

  // The shared perceptron processes means and maxima as one batch of twice the size.
  private Operand<TFloat32> channelGated(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Ops tf = context.tf();
    Operand<TFloat32> mean = GlobalAveragePool.mean(tf, x);
    Operand<TFloat32> maximum = tf.reduceMax(x, tf.constant(new int[] {1, 2}));
    Operand<TFloat32> both = tf.concat(List.of(mean, maximum), tf.constant(0));
    int hidden = Gate.hidden(channels, reduction);
    Operand<TFloat32> logits = Gate.bottleneck(context, both, hidden, channels, bias);
    List<Output<TFloat32>> halves = tf.split(tf.constant(0), logits, 2L).output();
    Operand<TFloat32> sum = tf.math.add(halves.get(0), halves.get(1));
    return Gate.apply(context, x, tf.math.sigmoid(sum));
  }

  private Operand<TFloat32> spatiallyGated(BuildContext context, Operand<TFloat32> z) {
    Ops tf = context.tf();
    Operand<TInt32> axis = tf.constant(3);
    Operand<TFloat32> maximum = tf.reduceMax(z, axis, ReduceMax.keepDims(true));
    Operand<TFloat32> mean = tf.math.mean(z, axis, Mean.keepDims(true));
    Operand<TFloat32> both = tf.concat(List.of(maximum, mean), axis);
    Operand<TFloat32> logits = Conv2d.of(1, kernel).build(context.at("conv"), both);
    BatchNorm norm = new BatchNorm(1e-5f, 0.99f, 1f, true);
    Operand<TFloat32> gates = tf.math.sigmoid(norm.build(context.at("bn"), logits));
    context.publish("gate", gates);
    return tf.math.mul(z, gates);
  }
}
