package dev.recal.graphs.detection.loss;

import dev.recal.ops.Arguments;
import dev.recal.ops.Shapes;
import dev.recal.ops.detection.Conventions;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * The targets of a mask head: each region's part of its object's mask, brought to the head's size.
 *
 * <p>{@link Conventions#LEGACY} cuts the mask at the region truncated to whole pixels, resizes it
 * bilinearly and rounds to 0 or 1. The others take RoIAlign of the mask with one sample a pixel
 * (⌈extent / size⌉ samples of a bin in each direction): {@link Conventions#PLAIN} shifted by half a
 * pixel and rounded, {@link Conventions#TORCHVISION} with the fractions.
 *
 * <p>All of them are products with a matrix of weights for rows and one for columns, since bilinear
 * interpolation separates. A batch of P regions takes P · height · width floats.
 *
 * @param conventions which form
 * @param size rows and columns of the targets
 */
public record MaskTargets(Conventions conventions, int size) {

  private static final double SMALLEST = 1e-6;

  /** Rejects sizes below 1. */
  public MaskTargets {
    Objects.requireNonNull(conventions, "conventions");
    Arguments.atLeast(1, "size", size);
  }

  /**
   * Adds the targets of regions.
   *
   * @param masks (objects, H, W): 0 or 1, all objects of the batch
   * @param objects (P): the object of each region
   * @param boxes (P, 4)
   * @return (P, size, size), from 0 to 1, without gradient
   */
  public Operand<TFloat32> build(
      Ops tf, Operand<TUint8> masks, Operand<TInt32> objects, Operand<TFloat32> boxes) {
    Operand<TFloat32> each =
        tf.dtypes.cast(tf.gather(masks, objects, tf.constant(0)), TFloat32.class);
    Operand<TFloat32> rows = weights(tf, boxes, 1, masks, 1);
    Operand<TFloat32> columns = weights(tf, boxes, 0, masks, 2);
    Operand<TFloat32> byRow = tf.train.batchMatMul(rows, each, TFloat32.class);
    Operand<TFloat32> values =
        tf.train.batchMatMul(byRow, columns, TFloat32.class, BatchMatMul.adjY(true));
    Operand<TFloat32> result =
        conventions == Conventions.TORCHVISION
            ? values
            : tf.dtypes.cast(tf.math.greaterEqual(values, tf.constant(0.5f)), TFloat32.class);
    return tf.stopGradient(result);
  }

  // (P, size, pixels of the mask): of each row (or column) of the target, the weight of each pixel.
  private Operand<TFloat32> weights(
      Ops tf, Operand<TFloat32> boxes, int axis, Operand<TUint8> masks, int dimension) {
    Operand<TInt32> pixels = Shapes.size(tf, masks, dimension);
    Operand<TFloat32> from = coordinate(tf, boxes, axis);
    Operand<TFloat32> to = coordinate(tf, boxes, axis + 2);
    return conventions == Conventions.LEGACY
        ? resized(tf, from, to, pixels)
        : averaged(tf, from, to, pixels);
  }

  // (P, 1).
  private static Operand<TFloat32> coordinate(Ops tf, Operand<TFloat32> boxes, int index) {
    return tf.gather(boxes, tf.constant(new int[] {index}), tf.constant(1));
  }

  // As OpenCV resizes: pixel centres are at halves, and the border repeats.
  private Operand<TFloat32> resized(
      Ops tf, Operand<TFloat32> from, Operand<TFloat32> to, Operand<TInt32> pixels) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> zero = tf.constant(0f);
    Operand<TFloat32> first = tf.math.floor(tf.math.maximum(from, zero));
    Operand<TFloat32> last = tf.math.floor(tf.math.maximum(to, zero));
    Operand<TFloat32> extent = tf.math.maximum(tf.math.add(tf.math.sub(last, first), one), one);
    Operand<TFloat32> places =
        tf.math.sub(
            tf.math.mul(bins(tf, 0.5f), tf.math.mul(extent, tf.constant(1f / size))),
            tf.constant(0.5f));
    Operand<TFloat32> within =
        tf.math.minimum(tf.math.maximum(places, zero), tf.math.sub(extent, one));
    return tent(tf, tf.math.add(within, first), pixels);
  }

  // RoIAlign with as many samples of a bin as it has pixels. The sum of the tents of equally spaced
  // samples is a second difference, for which float32 would not be enough.
  private Operand<TFloat32> averaged(
      Ops tf, Operand<TFloat32> from, Operand<TFloat32> to, Operand<TInt32> pixels) {
    boolean aligned = conventions == Conventions.PLAIN;
    Operand<TFloat32> start = aligned ? tf.math.sub(from, tf.constant(0.5f)) : from;
    Operand<TFloat32> difference = tf.math.sub(to, from);
    Operand<TFloat32> extent = aligned ? difference : tf.math.maximum(difference, tf.constant(1f));
    // A product would not be exact where the extent is a multiple of the size.
    Operand<TFloat32> bin = tf.math.div(extent, tf.constant((float) size));
    Operand<TFloat32> samples = tf.math.maximum(tf.math.ceil(bin), tf.constant(1f));
    Operand<TFloat64> distance =
        tf.math.maximum(wide(tf, tf.math.div(bin, samples)), tf.constant(SMALLEST));
    Operand<TFloat64> first =
        tf.math.add(
            tf.expandDims(
                wide(tf, tf.math.add(start, tf.math.mul(bins(tf, 0), bin))), tf.constant(-1)),
            tf.expandDims(tf.math.mul(distance, tf.constant(0.5)), tf.constant(-1)));
    Operand<TFloat64> spacing = tf.expandDims(distance, tf.constant(-1));
    Operand<TFloat64> count = tf.expandDims(wide(tf, samples), tf.constant(-1));
    // From the pixel before the first to the one after the last, and one more on both sides.
    Operand<TFloat64> places =
        tf.dtypes.cast(
            tf.range(tf.constant(-2), tf.math.add(pixels, tf.constant(2)), tf.constant(1)),
            TFloat64.class);
    Operand<TFloat64> ramps = ramps(tf, tf.math.sub(places, first), spacing, count);
    Operand<TFloat64> weights = tf.math.div(secondDifference(tf, ramps), count);
    return withinMask(tf, tf.dtypes.cast(weights, TFloat32.class));
  }

  // The sum of max(0, x − k · spacing) for k from 0 to count − 1.
  private static Operand<TFloat64> ramps(
      Ops tf, Operand<TFloat64> x, Operand<TFloat64> spacing, Operand<TFloat64> count) {
    Operand<TFloat64> reached =
        tf.math.minimum(
            tf.math.maximum(tf.math.ceil(tf.math.div(x, spacing)), tf.constant(0.)), count);
    Operand<TFloat64> pairs =
        tf.math.mul(tf.math.mul(reached, tf.math.sub(reached, tf.constant(1.))), tf.constant(0.5));
    return tf.math.sub(tf.math.mul(reached, x), tf.math.mul(pairs, spacing));
  }

  private static Operand<TFloat64> secondDifference(Ops tf, Operand<TFloat64> values) {
    Operand<TFloat64> left = part(tf, values, 0, 2);
    Operand<TFloat64> middle = part(tf, values, 1, 1);
    Operand<TFloat64> right = part(tf, values, 2, 0);
    return tf.math.sub(tf.math.add(left, right), tf.math.add(middle, middle));
  }

  // What lies up to a pixel outside of the mask belongs to its border.
  private static Operand<TFloat32> withinMask(Ops tf, Operand<TFloat32> weights) {
    Operand<TInt32> last = tf.math.sub(Shapes.size(tf, weights, 2), tf.constant(1));
    Operand<TFloat32> inner = part(tf, weights, 1, 1);
    Operand<TInt32> rest = tf.math.sub(last, tf.constant(2));
    Operand<TInt32> axis = tf.constant(2);
    Operand<TFloat32> before = tf.gather(weights, tf.constant(new int[] {0}), axis);
    Operand<TFloat32> after = tf.gather(weights, tf.expandDims(last, tf.constant(0)), axis);
    Operand<TInt32> none = tf.constant(0);
    return tf.math.add(
        inner, tf.math.add(padded(tf, before, none, rest), padded(tf, after, rest, none)));
  }

  private static Operand<TFloat32> padded(
      Ops tf, Operand<TFloat32> values, Operand<TInt32> before, Operand<TInt32> after) {
    Operand<TInt32> none = tf.constant(new int[] {0, 0});
    Operand<TInt32> paddings = tf.stack(List.of(none, none, tf.stack(List.of(before, after))));
    return tf.pad(values, paddings, tf.constant(0f));
  }

  // The last dimension without some values at its ends.
  private static <T extends TNumber> Operand<T> part(
      Ops tf, Operand<T> values, int start, int end) {
    Operand<TInt32> length = tf.math.sub(Shapes.size(tf, values, 2), tf.constant(start + end));
    Operand<TInt32> all = tf.constant(new int[] {-1, -1});
    return tf.slice(
        values,
        tf.constant(new int[] {0, 0, start}),
        tf.concat(List.of(all, tf.expandDims(length, tf.constant(0))), tf.constant(0)));
  }

  private static Operand<TFloat64> wide(Ops tf, Operand<TFloat32> values) {
    return tf.dtypes.cast(values, TFloat64.class);
  }

  // 0 + offset to size − 1 + offset, (1, size).
  private Operand<TFloat32> bins(Ops tf, float offset) {
    float[][] places = new float[1][size];
    for (int i = 0; i < size; i++) {
      places[0][i] = i + offset;
    }
    return tf.constant(places);
  }

  // max(0, 1 − |place − pixel|), (P, size, pixels).
  private static Operand<TFloat32> tent(Ops tf, Operand<TFloat32> places, Operand<TInt32> pixels) {
    Operand<TFloat32> all =
        tf.dtypes.cast(tf.range(tf.constant(0), pixels, tf.constant(1)), TFloat32.class);
    Operand<TFloat32> distance =
        tf.math.abs(tf.math.sub(tf.expandDims(places, tf.constant(-1)), all));
    return tf.math.maximum(tf.math.sub(tf.constant(1f), distance), tf.constant(0f));
  }
}
