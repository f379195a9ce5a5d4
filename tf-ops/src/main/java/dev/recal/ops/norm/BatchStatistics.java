package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.Variable;
import dev.recal.ops.initializer.Initializer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The stored statistics of batch norm, and the operations that use and update them.
 *
 * <p>If a channel has one value per sample, as in a gate, training uses {@link Moments}: the fused
 * kernel's gradient loses digits to cancellation there (16 channels, 2 samples: relative error 5e-5
 * in the median and 1e-3 at worst).
 *
 * @param mean {@code moving_mean} (C)
 * @param variance {@code moving_variance} (C)
 */
record BatchStatistics(
    Variable<TFloat32> mean, Variable<TFloat32> variance, float epsilon, float decay) {

  /** Requests the variables from the context. */
  static BatchStatistics of(BuildContext context, int channels, float epsilon, float decay) {
    Shape shape = Shape.of(channels);
    Variable<TFloat32> mean = context.statistic("moving_mean", shape, Initializer.zeros());
    Variable<TFloat32> variance = context.statistic("moving_variance", shape, Initializer.ones());
    return new BatchStatistics(mean, variance, epsilon, decay);
  }

  /** Returns scale · (x − μ) / √(v + ε) + offset, with scale and offset of shape (C). */
  Operand<TFloat32> normalise(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset) {
    Ops tf = context.tf();
    boolean matrix = x.shape().numDimensions() == 2;
    if (context.training() && (matrix || isSinglePixel(x))) {
      Moments moments = Moments.of(context, x);
      context.movingAverage(mean, moments.singleMean(tf), decay);
      context.movingAverage(variance, moments.unbiasedVariance(context, x), decay);
      return tf.math.add(tf.math.mul(moments.normalise(tf, epsilon), scale), offset);
    }
    int channels = (int) mean.shape().get(0);
    Operand<TFloat32> map = matrix ? tf.reshape(x, tf.constant(new int[] {-1, 1, 1, channels})) : x;
    if (context.training()) {
      NormalisedBatch batch =
          context.batchStatisticsReplicas().isSingle()
              ? BatchNormKernel.ofBatch(context, map, scale, offset, epsilon)
              : NormalisedBatch.of(context, map, scale, offset, epsilon);
      context.movingAverage(mean, batch.mean(), decay);
      context.movingAverage(variance, batch.variance(), decay);
      return batch.y();
    }
    Operand<TFloat32> y =
        BatchNormKernel.ofStatistics(
            context, map, scale, offset, mean.read(), variance.read(), epsilon);
    return matrix ? tf.reshape(y, tf.constant(new int[] {-1, channels})) : y;
  }

  private static boolean isSinglePixel(Operand<TFloat32> x) {
    return Shapes.hasStaticSize(x) && Shapes.height(x) == 1 && Shapes.width(x) == 1;
  }

  static void requireDecay(float decay) {
    if (!(decay >= 0 && decay <= 1)) {
      throw new IllegalArgumentException("decay: expected from 0 to 1, but got " + decay + ".");
    }
  }
}
