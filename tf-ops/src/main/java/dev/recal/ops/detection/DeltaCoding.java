package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Boxes as differences from other boxes (Girshick et al. 2014): (Δx / w, Δy / h, log w′ / w, log h′
 * / h) of centres and extents, minus a mean, divided by a standard deviation.
 *
 * <p>Decoding limits the logarithms to log(1000 / 16) on both sides; {@link
 * Conventions#TORCHVISION} only above.
 *
 * @param conventions the meaning of the coordinates
 * @param means of the four differences
 * @param deviations of the four differences
 */
public record DeltaCoding(Conventions conventions, List<Float> means, List<Float> deviations) {

  private static final float LIMIT = (float) Math.log(1000. / 16);
  // Padding has no extent; its logarithm would be infinite, and NaN after masking.
  private static final float SMALLEST = 1e-3f;

  /** Rejects other than four means and positive deviations. */
  public DeltaCoding {
    Objects.requireNonNull(conventions, "conventions");
    means = List.copyOf(means);
    deviations = List.copyOf(deviations);
    Arguments.require(means.size() == 4, "means", "4 numbers", means.size());
    Arguments.require(deviations.size() == 4, "deviations", "4 numbers", deviations.size());
    for (float mean : means) {
      Arguments.require(Float.isFinite(mean), "means", "finite numbers", mean);
    }
    deviations.forEach(deviation -> Arguments.positive("deviations", deviation));
  }

  /** Returns the coding with means 0 and deviations 1, of region proposals. */
  public static DeltaCoding unscaled(Conventions conventions) {
    return of(conventions, 1, 1);
  }

  /** Returns the coding with means 0. */
  public static DeltaCoding of(Conventions conventions, float ofCentres, float ofExtents) {
    return new DeltaCoding(
        conventions, List.of(0f, 0f, 0f, 0f), List.of(ofCentres, ofCentres, ofExtents, ofExtents));
  }

  /**
   * Returns the differences of boxes from others. Extents below 0.001 pixels count as 0.001.
   *
   * @param from (..., 4), anchors or proposals
   * @param boxes (..., 4), of a shape that broadcasts with {@code from}
   */
  public Operand<TFloat32> encode(Ops tf, Operand<TFloat32> from, Operand<TFloat32> boxes) {
    Boxes.require("from", from);
    Boxes.require("boxes", boxes);
    Centred a = centred(tf, from);
    Centred b = centred(tf, boxes);
    Operand<TFloat32> smallest = tf.constant(SMALLEST);
    Operand<TFloat32> width = tf.math.maximum(a.width(), smallest);
    Operand<TFloat32> height = tf.math.maximum(a.height(), smallest);
    Operand<TFloat32> deltas =
        Boxes.of(
            tf,
            List.of(
                tf.math.div(tf.math.sub(b.x(), a.x()), width),
                tf.math.div(tf.math.sub(b.y(), a.y()), height),
                tf.math.log(tf.math.div(tf.math.maximum(b.width(), smallest), width)),
                tf.math.log(tf.math.div(tf.math.maximum(b.height(), smallest), height))));
    return tf.math.div(tf.math.sub(deltas, vector(tf, means)), vector(tf, deviations));
  }

  /**
   * Returns the boxes of differences; not clipped to the image.
   *
   * @param from (..., 4), anchors or proposals
   * @param deltas (..., 4), of a shape that broadcasts with {@code from}: boxes (R, 1, 4) and
   *     differences (R, C, 4) for each class
   */
  public Operand<TFloat32> decode(Ops tf, Operand<TFloat32> from, Operand<TFloat32> deltas) {
    Boxes.require("from", from);
    Boxes.require("deltas", deltas);
    Centred a = centred(tf, from);
    List<Operand<TFloat32>> d =
        Boxes.coordinates(
            tf, tf.math.add(tf.math.mul(deltas, vector(tf, deviations)), vector(tf, means)));
    Operand<TFloat32> x = tf.math.add(tf.math.mul(d.get(0), a.width()), a.x());
    Operand<TFloat32> y = tf.math.add(tf.math.mul(d.get(1), a.height()), a.y());
    Operand<TFloat32> right = half(tf, tf.math.mul(limitedExp(tf, d.get(2)), a.width()));
    Operand<TFloat32> below = half(tf, tf.math.mul(limitedExp(tf, d.get(3)), a.height()));
    return Boxes.of(
        tf,
        List.of(
            tf.math.sub(x, right),
            tf.math.sub(y, below),
            tf.math.add(x, right),
            tf.math.add(y, below)));
  }

  // From the centre to the last pixel if that is part of the box, otherwise to the edge.
  private Operand<TFloat32> half(Ops tf, Operand<TFloat32> extent) {
    Operand<TFloat32> half = tf.math.mul(extent, tf.constant(0.5f));
    return conventions.inclusive() ? tf.math.sub(half, tf.constant(0.5f)) : half;
  }

  private Operand<TFloat32> limitedExp(Ops tf, Operand<TFloat32> logarithm) {
    Operand<TFloat32> limited = tf.math.minimum(logarithm, tf.constant(LIMIT));
    return tf.math.exp(
        conventions == Conventions.TORCHVISION
            ? limited
            : tf.math.maximum(limited, tf.constant(-LIMIT)));
  }

  private Centred centred(Ops tf, Operand<TFloat32> boxes) {
    List<Operand<TFloat32>> box = Boxes.coordinates(tf, boxes);
    Operand<TFloat32> half = tf.constant(0.5f);
    return new Centred(
        tf.math.mul(tf.math.add(box.get(0), box.get(2)), half),
        tf.math.mul(tf.math.add(box.get(1), box.get(3)), half),
        conventions.width(tf, box),
        conventions.height(tf, box));
  }

  private static Operand<TFloat32> vector(Ops tf, List<Float> values) {
    return tf.constant(new float[] {values.get(0), values.get(1), values.get(2), values.get(3)});
  }

  private record Centred(
      Operand<TFloat32> x,
      Operand<TFloat32> y,
      Operand<TFloat32> width,
      Operand<TFloat32> height) {}
}
