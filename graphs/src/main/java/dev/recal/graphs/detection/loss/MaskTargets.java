package dev.recal.graphs.detection.loss;

import dev.recal.ops.Arguments;
import dev.recal.ops.Shapes;
import dev.recal.ops.detection.Conventions;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
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
 * interpolation separates. The matrices are sparse: of each bin they have the pixels that its
 * samples touch.
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
    Operand<TInt32> height = Shapes.size(tf, masks, 1);
    Operand<TInt32> width = Shapes.size(tf, masks, 2);
    Taps rows = taps(tf, boxes, 1, height);
    Taps columns = taps(tf, boxes, 0, width);
    Operand<TFloat32> lines =
        tf.dtypes.cast(
            tf.reshape(masks, tf.stack(List.of(tf.constant(-1), width))), TFloat32.class);
    Operand<TFloat32> byRow = rows.of(tf, objects, height, lines);
    Operand<TInt32> regions = tf.range(tf.constant(0), Shapes.size(tf, boxes, 0), tf.constant(1));
    Operand<TFloat32> turned =
        turned(tf, tf.reshape(byRow, tf.stack(List.of(tf.constant(-1), tf.constant(size), width))));
    Operand<TFloat32> both =
        columns.of(tf, regions, width, tf.reshape(turned, tf.constant(new int[] {-1, size})));
    Operand<TFloat32> values =
        turned(tf, tf.reshape(both, tf.constant(new int[] {-1, size, size})));
    Operand<TFloat32> result =
        conventions == Conventions.TORCHVISION
            ? values
            : tf.dtypes.cast(tf.math.greaterEqual(values, tf.constant(0.5f)), TFloat32.class);
    return tf.stopGradient(result);
  }

  /**
   * The pixels of a row (or column) of the target along one dimension of the mask, each (P, size,
   * taps).
   *
   * @param pixels indices in the mask; the same one may be there twice
   */
  private record Taps(Operand<TInt32> pixels, Operand<TFloat32> weights) {

    /** Returns the same with pixels in the mask; those that are far outside get no weight. */
    static Taps within(
        Ops tf, Operand<TInt32> pixels, Operand<TFloat32> weights, Operand<TInt32> count) {
      Operand<TInt32> last = tf.math.sub(count, tf.constant(1));
      Operand<TInt32> limited = tf.math.minimum(tf.math.maximum(pixels, tf.constant(0)), last);
      // What lies up to a pixel outside of the mask belongs to its border.
      Operand<TBool> near =
          tf.math.lessEqual(tf.math.abs(tf.math.sub(pixels, limited)), tf.constant(1));
      return new Taps(limited, tf.select(near, weights, tf.constant(0f)));
    }

    /**
     * Multiplies the matrix of weights, which is sparse, with lines of pixels.
     *
     * @param blocks (P): the block of lines of each region
     * @param ofEach lines of a block, a scalar
     * @param lines (blocks · ofEach, n)
     * @return (P · size, n)
     */
    Operand<TFloat32> of(
        Ops tf, Operand<TInt32> blocks, Operand<TInt32> ofEach, Operand<TFloat32> lines) {
      Operand<TInt32> all = tf.constant(new int[] {-1});
      Operand<TInt32> first = tf.reshape(tf.math.mul(blocks, ofEach), column(tf));
      Operand<TInt32> from = tf.reshape(tf.math.add(pixels, first), all);
      Operand<TInt32> taps = Shapes.size(tf, pixels, 2);
      Operand<TInt32> to =
          tf.math.div(tf.range(tf.constant(0), tf.size(pixels), tf.constant(1)), taps);
      Operand<TInt32> results = tf.math.div(tf.size(pixels), taps);
      Operand<TInt64> shape =
          tf.dtypes.cast(tf.stack(List.of(results, Shapes.size(tf, lines, 0))), TInt64.class);
      return tf.sparse.sparseTensorDenseMatMul(
          tf.stack(List.of(to, from), Stack.axis(1L)), tf.reshape(weights, all), shape, lines);
    }

    private static Operand<TInt32> column(Ops tf) {
      return tf.constant(new int[] {-1, 1, 1});
    }
  }

  private static Operand<TFloat32> turned(Ops tf, Operand<TFloat32> values) {
    return tf.linalg.transpose(values, tf.constant(new int[] {0, 2, 1}));
  }

  private Taps taps(Ops tf, Operand<TFloat32> boxes, int axis, Operand<TInt32> pixels) {
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
  private Taps resized(
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
    Operand<TFloat32> place = tf.expandDims(tf.math.add(within, first), tf.constant(-1));
    Operand<TFloat32> low = tf.math.floor(place);
    Operand<TFloat32> fraction = tf.math.sub(place, low);
    Operand<TInt32> pixel = tf.dtypes.cast(low, TInt32.class);
    Operand<TInt32> axis = tf.constant(2);
    return Taps.within(
        tf,
        tf.concat(List.of(pixel, tf.math.add(pixel, tf.constant(1))), axis),
        tf.concat(List.of(tf.math.sub(one, fraction), fraction), axis),
        pixels);
  }

  // RoIAlign with as many samples of a bin as it has pixels. The sum of the tents of equally spaced
  // samples is a second difference, for which float32 would not be enough.
  private Taps averaged(
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
    Operand<TFloat64> low = tf.math.floor(first);
    // One more on both sides, for the difference.
    Operand<TInt32> taps = taps(tf, bin, pixels);
    Operand<TInt32> offsets =
        tf.range(tf.constant(-1), tf.math.add(taps, tf.constant(1)), tf.constant(1));
    Operand<TFloat64> places = tf.math.add(low, tf.dtypes.cast(offsets, TFloat64.class));
    Operand<TFloat64> ramps = ramps(tf, tf.math.sub(places, first), spacing, count);
    Operand<TFloat64> weights = tf.math.div(secondDifference(tf, ramps), count);
    Operand<TInt32> found =
        tf.math.add(
            tf.dtypes.cast(low, TInt32.class), tf.range(tf.constant(0), taps, tf.constant(1)));
    return Taps.within(tf, found, tf.dtypes.cast(weights, TFloat32.class), pixels);
  }

  // How many pixels the samples of the largest bin touch, a scalar.
  private static Operand<TInt32> taps(Ops tf, Operand<TFloat32> bin, Operand<TInt32> pixels) {
    Operand<TFloat32> most = tf.math.ceil(tf.max(bin, tf.constant(new int[] {0, 1})));
    Operand<TInt32> limited =
        tf.math.minimum(
            tf.math.maximum(tf.dtypes.cast(most, TInt32.class), tf.constant(1)), pixels);
    return tf.math.add(limited, tf.constant(2));
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
}
