package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.ProductFormat;
import dev.recal.ops.Shapes;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * TensorFlow's fused batch norm of a map (N, H, W, C).
 *
 * <p>After the rewrite to bfloat16 oneDNN computes it, whose fast kernels take multiples of 16
 * channels, and one: for others it needs 3 to 60 times as long per value. So there the channels are
 * filled up with zeros, which are cut off again: 16×56²×24 forward and backward 2.4 instead of 20
 * ms, 58 channels 3.8 instead of 23, 8 channels 1.6 instead of 24. In float32 its kernels have no
 * such step.
 *
 * @param channels C
 * @param missing channels up to the next multiple
 */
record BatchNormKernel(int channels, int missing) {

  private static final int BLOCK = 16;

  private static BatchNormKernel of(BuildContext context, int channels) {
    boolean blocks = context.store().products() == ProductFormat.REWRITTEN && channels > 1;
    return new BatchNormKernel(channels, blocks ? Math.floorMod(-channels, BLOCK) : 0);
  }

  /** Normalises by the batch's statistics. */
  static NormalisedBatch ofBatch(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      float epsilon) {
    BatchNormKernel kernel = of(context, Shapes.channels(x));
    Ops tf = context.tf();
    Operand<TFloat32> empty = tf.constant(new float[0]);
    FusedBatchNorm<TFloat32, TFloat32> norm =
        tf.nn.fusedBatchNorm(
            kernel.filled(tf, x),
            kernel.filled(tf, scale),
            kernel.filled(tf, offset),
            empty,
            empty,
            FusedBatchNorm.epsilon(epsilon));
    return new NormalisedBatch(
        kernel.cut(tf, norm.y()),
        kernel.cut(tf, norm.batchMean()),
        kernel.cut(tf, norm.batchVariance()));
  }

  /** Normalises by given statistics. */
  static Operand<TFloat32> ofStatistics(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      Operand<TFloat32> mean,
      Operand<TFloat32> variance,
      float epsilon) {
    BatchNormKernel kernel = of(context, Shapes.channels(x));
    Ops tf = context.tf();
    FusedBatchNorm<TFloat32, TFloat32> norm =
        tf.nn.fusedBatchNorm(
            kernel.filled(tf, x),
            kernel.filled(tf, scale),
            kernel.filled(tf, offset),
            kernel.filled(tf, mean),
            kernel.filled(tf, variance),
            FusedBatchNorm.epsilon(epsilon),
            FusedBatchNorm.isTraining(false));
    return kernel.cut(tf, norm.y());
  }

  // The channels are the last dimension.
  private Operand<TFloat32> filled(Ops tf, Operand<TFloat32> value) {
    if (missing == 0) {
      return value;
    }
    int[][] borders = new int[value.shape().numDimensions()][2];
    borders[borders.length - 1][1] = missing;
    return tf.pad(value, tf.constant(borders), tf.constant(0f));
  }

  private Operand<TFloat32> cut(Ops tf, Operand<TFloat32> value) {
    if (missing == 0) {
      return value;
    }
    int rank = value.shape().numDimensions();
    int[] size = new int[rank];
    Arrays.fill(size, -1);
    size[rank - 1] = channels;
    return tf.slice(value, tf.constant(new int[rank]), tf.constant(size));
  }
}
