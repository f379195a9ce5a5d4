package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.AveragePool;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.pool.Resize;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * Gather-Excite: y = x ⊙ σ(excite(gather(x))).
 *
 * <p>Hu et al. 2018, "Gather-Excite: Exploiting Feature Context in Convolutional Neural Networks"
 * (arXiv 1810.12348); official prototxts: github hujie-frank/GENet.
 *
 * <ul>
 *   <li>θ⁻ gathers by average pooling, over the whole map or windows of 2e − 1 pixels and stride e
 *       whose padding is not counted (as in timm); no variables.
 *   <li>θ gathers by a depthwise convolution over the whole map, or by log₂ e depthwise 3×3
 *       convolutions of stride 2 with batch norm after each and ReLU between them.
 *   <li>θ⁺ gathers as θ and excites through ReLU and a two-layer perceptron.
 * </ul>
 *
 * <p>Differences: the networks of the prototxts have one fixed image size and thus fixed kernels;
 * here the kernel over the whole map takes the map's size when the graph is built.
 *
 * <p>Gates of an extent are upsampled with the nearest pixel. The official prototxts have no bias
 * in the gathering convolution, the comparison by SRM's authors has one; here it is a setting.
 *
 * <p>Variables: {@code gather/kernel} (H, W, C, 1) and {@code gather/bias}, {@code bn/*}; with an
 * extent {@code gather0/*}, {@code bn0/*}, {@code gather1/*} and so on with kernels (3, 3, C, 1);
 * with θ⁺ also {@code reduce/kernel} (1, 1, C, C/r), {@code reduce/bias}, {@code expand/*}.
 *
 * @param variant θ⁻, θ or θ⁺
 * @param extent 0 for the whole map, or 2, 4 or 8
 * @param bias whether the gathering convolution has a bias
 * @param reduction of θ⁺'s perceptron
 */
public record GatherExcite(Variant variant, int extent, boolean bias, int reduction)
    implements Layer {

  /** How values are gathered and excited. */
  public enum Variant {
    /** θ⁻: no variables. */
    THETA_MINUS,
    /** θ: a learned gathering. */
    THETA,
    /** θ⁺: a learned gathering and excitation. */
    THETA_PLUS
  }

  /** Rejects unknown extents and reductions below 1. */
  public GatherExcite {
    Objects.requireNonNull(variant, "variant");
    Gate.requireReduction(reduction);
    if (extent != 0 && extent != 2 && extent != 4 && extent != 8) {
      throw new IllegalArgumentException(
          "extent: expected 0 (the whole map), 2, 4 or 8, but got " + extent + ".");
    }
  }

  /** θ over the whole map without bias; r = 16. */
  public static GatherExcite defaults() {
    return new GatherExcite(Variant.THETA, 0, false, 16);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Ops tf = context.tf();
    Operand<TFloat32> gathered = gather(context, x);
    Operand<TFloat32> logits =
        variant == Variant.THETA_PLUS ? excite(context, gathered, channels) : gathered;
    Operand<TFloat32> gates = tf.math.sigmoid(logits);
    context.publish("gate", gates);
    return tf.math.mul(x, extent == 0 ? gates : Resize.NEAREST.like(tf, gates, x));
  }

  private Operand<TFloat32> gather(BuildContext context, Operand<TFloat32> x) {
    if (variant == Variant.THETA_MINUS) {
      return extent == 0
          ? asMap(context.tf(), GlobalAveragePool.mean(context.tf(), x), Shapes.channels(x))
          : new AveragePool(2 * extent - 1, extent, extent - 1, false).build(context, x);
    }
    if (extent == 0) {
      Operand<TFloat32> whole = overWholeMap(context.at("gather"), x);
      return BatchNorm.defaults().build(context.at("bn"), whole);
    }
    Operand<TFloat32> y = x;
    int steps = Integer.numberOfTrailingZeros(extent);
    for (int i = 0; i < steps; i++) {
      Operand<TFloat32> input = i == 0 ? y : Activation.RELU.apply(context.tf(), y);
      DepthwiseConv2d half = DepthwiseConv2d.of(3, 2);
      y = (bias ? half.biased() : half).build(context.at("gather" + i), input);
      y = BatchNorm.defaults().build(context.at("bn" + i), y);
    }
    return y;
  }

  // A depthwise convolution with a kernel of the map's size is a weighted sum. In this form its
  // gradient costs a few passes over the map, and TensorFlow 2.16 does not run out of memory.
  private Operand<TFloat32> overWholeMap(BuildContext context, Operand<TFloat32> x) {
    if (!Shapes.hasStaticSize(x)) {
      throw new IllegalArgumentException(
          "x: expected a statically known height and width, since "
              + variant
              + " over the whole map has a kernel of that size, but got shape "
              + x.shape()
              + ".");
    }
    int channels = Shapes.channels(x);
    int height = Shapes.height(x);
    int width = Shapes.width(x);
    Shape shape = Shape.of(height, width, channels, 1);
    Operand<TFloat32> kernel = context.weight("kernel", shape, VarianceScaling.heNormalFanOut());
    context.multiplyAdds((long) height * width * channels);
    Ops tf = context.tf();
    Operand<TFloat32> weights =
        tf.reshape(kernel, tf.constant(new int[] {height, width, channels}));
    Operand<TFloat32> sum =
        tf.reduceSum(
            tf.math.mul(x, weights), tf.constant(new int[] {1, 2}), ReduceSum.keepDims(true));
    return bias
        ? tf.nn.biasAdd(sum, context.weight("bias", Shape.of(channels), Initializer.zeros()))
        : sum;
  }

  private Operand<TFloat32> excite(BuildContext context, Operand<TFloat32> gathered, int channels) {
    Ops tf = context.tf();
    Conv2d reduce = Conv2d.of(Gate.hidden(channels, reduction), 1).biased();
    Conv2d expand = Conv2d.of(channels, 1).biased();
    Operand<TFloat32> hidden =
        reduce.build(context.at("reduce"), Activation.RELU.apply(tf, gathered));
    return expand.build(context.at("expand"), Activation.RELU.apply(tf, hidden));
  }

  private static Operand<TFloat32> asMap(Ops tf, Operand<TFloat32> vector, int channels) {
    return tf.reshape(vector, tf.constant(new int[] {-1, 1, 1, channels}));
  }
}
