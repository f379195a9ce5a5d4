package dev.recal.ops.detection;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The pixels that contribute to each bin along one dimension, and how much: two for each sample. A
 * bin is the sum over pairs of a row's and a column's tap of the product of their weights times the
 * pixel.
 *
 * @param indices each (R, size)
 * @param weights each (R, size)
 */
record Taps(List<Operand<TInt32>> indices, List<Operand<TFloat32>> weights) {

  /**
   * Returns the taps of regions. Samples are limited to the map's pixels within one pixel outside
   * of it; beyond, they are 0.
   *
   * @param start (R): the regions' first edges, in pixels of the map
   * @param extent (R): the regions' heights or widths
   * @param size the map's height or width: a scalar, or (R, 1)
   */
  static Taps of(
      Ops tf,
      RoiAlign settings,
      Operand<TFloat32> start,
      Operand<TFloat32> extent,
      Operand<TInt32> size) {
    int ratio = settings.samplingRatio();
    int samples = settings.size() * ratio;
    Operand<TFloat32> end = tf.dtypes.cast(size, TFloat32.class);
    Operand<TInt32> lastIndex = tf.math.sub(size, tf.constant(1));
    Operand<TFloat32> last = tf.math.sub(end, tf.constant(1f));
    List<Operand<TInt32>> indices = new ArrayList<>();
    List<Operand<TFloat32>> weights = new ArrayList<>();
    for (int j = 0; j < ratio; j++) {
      float[] shares = new float[settings.size()];
      for (int i = 0; i < shares.length; i++) {
        shares[i] = (i * ratio + j + 0.5f) / samples;
      }
      Operand<TFloat32> place =
          tf.math.add(column(tf, start), tf.math.mul(column(tf, extent), tf.constant(shares)));
      Operand<TFloat32> inside =
          tf.dtypes.cast(
              tf.math.logicalAnd(
                  tf.math.greaterEqual(place, tf.constant(-1f)), tf.math.lessEqual(place, end)),
              TFloat32.class);
      Operand<TFloat32> share = tf.math.mul(inside, tf.constant(1f / ratio));
      Operand<TFloat32> limited = tf.math.minimum(tf.math.maximum(place, tf.constant(0f)), last);
      Operand<TFloat32> low = tf.math.floor(limited);
      Operand<TFloat32> fraction = tf.math.sub(limited, low);
      Operand<TInt32> index = tf.dtypes.cast(low, TInt32.class);
      indices.add(index);
      indices.add(tf.math.minimum(tf.math.add(index, tf.constant(1)), lastIndex));
      weights.add(tf.math.mul(share, tf.math.sub(tf.constant(1f), fraction)));
      weights.add(tf.math.mul(share, fraction));
    }
    return new Taps(indices, weights);
  }

  /** Returns the same with the weight of a pixel at its first tap, and 0 at its others. */
  Taps merged(Ops tf) {
    List<Operand<TFloat32>> moved = new ArrayList<>(weights);
    Operand<TFloat32> zero = tf.constant(0f);
    for (int i = 1; i < moved.size(); i++) {
      for (int j = 0; j < i; j++) {
        Operand<TBool> same = tf.math.equal(indices.get(i), indices.get(j));
        Operand<TFloat32> weight = moved.get(i);
        moved.set(j, tf.math.add(moved.get(j), tf.select(same, weight, zero)));
        moved.set(i, tf.select(same, zero, weight));
      }
    }
    return new Taps(indices, moved);
  }

  /** Returns the number of taps. */
  int count() {
    return indices.size();
  }

  /** Returns the pixels of a tap, (R, size). */
  Operand<TInt32> index(int tap) {
    return indices.get(tap);
  }

  /** Returns the weights of a tap, (R, size). */
  Operand<TFloat32> weight(int tap) {
    return weights.get(tap);
  }

  /** Returns a vector as (R, 1). */
  static <T extends TType> Operand<T> column(Ops tf, Operand<T> vector) {
    return tf.expandDims(vector, tf.constant(1));
  }
}
