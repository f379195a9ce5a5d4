package dev.recal.graphs.synthesis.loss;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/** Σ over maps of the mean over pixels of Σ_c w_c (f̂_c − ĝ_c)², with f̂ = f / √(Σ_c f² + ε). */
final class FeatureDistance {

  // If all features of a pixel are 0, the root's gradient would be infinite.
  private static final float EPSILON = 1e-10f;

  private FeatureDistance() {}

  /**
   * Returns the distance (N).
   *
   * @param pairs the maps of 2N images, the N images before their N targets
   */
  static Operand<TFloat32> of(Ops tf, List<FeatureNetwork.Feature> pairs) {
    List<Operand<TFloat32>> distances = new ArrayList<>();
    for (FeatureNetwork.Feature pair : pairs) {
      var halves = tf.split(tf.constant(0), unit(tf, pair.values()), 2L);
      Operand<TFloat32> difference =
          tf.math.squaredDifference(halves.output().get(0), halves.output().get(1));
      Operand<TFloat32> means = tf.math.mean(difference, tf.constant(new int[] {1, 2}));
      distances.add(tf.reduceSum(tf.math.mul(means, pair.weights()), tf.constant(1)));
    }
    return tf.math.addN(distances);
  }

  private static Operand<TFloat32> unit(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(map), tf.constant(3), ReduceSum.keepDims(true));
    return tf.math.mul(map, tf.math.rsqrt(tf.math.add(squares, tf.constant(EPSILON))));
  }
}
