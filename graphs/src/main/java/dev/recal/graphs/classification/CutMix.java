package dev.recal.graphs.classification;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * CutMix (Yun et al. 2019, arXiv 1905.04899): a rectangle of each image is replaced by that of
 * another image of the batch, and the labels are mixed by area. As in timm one λ is sampled per
 * batch from Beta(α, α); the rectangle has √(1 − λ) of height and width around a uniform centre, is
 * cut off at the border, and λ is then corrected to the area that is left. The partners are a
 * random permutation, as in {@link Mixup}; timm's are the batch in reverse order.
 *
 * @param alpha of the Beta distribution, above 0
 */
public record CutMix(double alpha) {
  private static final long CENTRES = 0x4355544d4958L;

  /** Rejects an alpha that is not positive and finite. */
  public CutMix {
    if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "alpha: expected a positive, finite number, but got " + alpha + ".");
    }
  }

  /**
   * Adds the ops.
   *
   * @param images n×height×width×channels, of a static height and width
   * @param labels n×columns
   * @param seed two integers, which determine the mixing
   */
  public Mixup.Mixed apply(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> labels, Operand<TInt64> seed) {
    Shape shape = images.shape();
    int height = (int) shape.get(1);
    int width = (int) shape.get(2);
    // Of one seed, distinct streams: λ, the partners and the centre.
    Operand<TFloat32> lambda = Mixup.beta(tf, alpha, seed);
    Operand<TInt32> partners = Mixup.partners(tf, images, seed);
    Operand<TFloat32> centre =
        tf.random.statelessRandomUniform(
            tf.constant(new int[] {2}), tf.math.add(seed, tf.constant(new long[] {CENTRES, 0})));
    Operand<TFloat32> side = tf.math.sqrt(tf.math.sub(tf.constant(1f), lambda));
    Span lines = Span.of(tf, height, side, tf.gather(centre, tf.constant(0), tf.constant(0)));
    Span columns = Span.of(tf, width, side, tf.gather(centre, tf.constant(1), tf.constant(0)));
    Operand<TBool> cut =
        tf.math.logicalAnd(
            tf.reshape(lines.inside(tf, height), tf.constant(new int[] {1, height, 1, 1})),
            tf.reshape(columns.inside(tf, width), tf.constant(new int[] {1, 1, width, 1})));
    Operand<TFloat32> mixed = tf.select(cut, tf.gather(images, partners, tf.constant(0)), images);
    Operand<TFloat32> area = tf.math.mul(lines.length(tf), columns.length(tf));
    Operand<TFloat32> left =
        tf.math.sub(
            tf.constant(1f), tf.math.div(area, tf.constant((float) ((double) height * width))));
    return new Mixup.Mixed(mixed, Mixup.mix(tf, labels, partners, left));
  }

  /** The lines or columns from one on and before another, scalars. */
  private record Span(Operand<TFloat32> from, Operand<TFloat32> end) {

    static Span of(Ops tf, int size, Operand<TFloat32> share, Operand<TFloat32> uniform) {
      Operand<TFloat32> all = tf.constant((float) size);
      Operand<TFloat32> half =
          tf.math.floor(tf.math.mul(tf.math.floor(tf.math.mul(all, share)), tf.constant(0.5f)));
      Operand<TFloat32> centre = tf.math.floor(tf.math.mul(uniform, all));
      return new Span(
          tf.clipByValue(tf.math.sub(centre, half), tf.constant(0f), all),
          tf.clipByValue(tf.math.add(centre, half), tf.constant(0f), all));
    }

    Operand<TFloat32> length(Ops tf) {
      return tf.math.sub(end, from);
    }

    Operand<TBool> inside(Ops tf, int size) {
      Operand<TFloat32> places =
          tf.dtypes.cast(
              tf.range(tf.constant(0), tf.constant(size), tf.constant(1)), TFloat32.class);
      return tf.math.logicalAnd(tf.math.greaterEqual(places, from), tf.math.less(places, end));
    }
  }
}
