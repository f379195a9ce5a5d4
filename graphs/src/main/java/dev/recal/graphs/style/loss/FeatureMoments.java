package dev.recal.graphs.style.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Mean and standard deviation of each channel over a map's pixels: a style without correlations.
 *
 * <p>Ulyanov 2016 (arXiv 1607.08022), and Huang, Belongie 2017 (arXiv 1703.06868), equations 2, 3
 * and 8. Of the official code differs that the deviations of styles have an epsilon, too, which is
 * that of the normalisation.
 *
 * @param mean (N, 1, 1, C)
 * @param deviation (N, 1, 1, C), the root of the biased variance plus 1e-5
 */
public record FeatureMoments(Operand<TFloat32> mean, Operand<TFloat32> deviation) {

  private static final float EPSILON = 1e-5f;

  /**
   * Computes them.
   *
   * @param map (N, H, W, C)
   */
  public static FeatureMoments of(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> mean = pixelMean(tf, map);
    Operand<TFloat32> variance = pixelMean(tf, tf.math.squaredDifference(map, mean));
    return new FeatureMoments(mean, tf.math.sqrt(tf.math.add(variance, tf.constant(EPSILON))));
  }

  private static Operand<TFloat32> pixelMean(Ops tf, Operand<TFloat32> map) {
    return tf.math.mean(map, tf.constant(new int[] {1, 2}), Mean.keepDims(true));
  }

  /**
   * Adaptive instance normalisation: gives a map these moments.
   *
   * @param map (N, H, W, C)
   * @return deviation · (map − its mean) / its deviation + mean
   */
  public Operand<TFloat32> applyTo(Ops tf, Operand<TFloat32> map) {
    FeatureMoments own = of(tf, map);
    Operand<TFloat32> centred = tf.math.sub(map, own.mean);
    Operand<TFloat32> factor = tf.math.div(deviation, own.deviation);
    return tf.math.add(tf.math.mul(centred, factor), mean);
  }
}
