package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.MapFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * The masks of one image's objects in a graph, without a pixel raster: a pixel is covered if an odd
 * number of the object's runs end at or before it, which a binary search over the ends finds.
 *
 * <p>The ends of all objects are one ascending sequence: those of object k are shifted by k times
 * the pixels of the image.
 *
 * @param ends the sequence, (1, runs)
 * @param firsts where the runs of each object begin in it, (objects)
 * @param sides height and width of the image, (2)
 */
record MaskRuns(Operand<TInt64> ends, Operand<TInt32> firsts, Operand<TInt32> sides) {

  /**
   * Adds ops that find the runs of an image.
   *
   * @param first row of the image's first object, a scalar
   * @param end row after its last object, a scalar
   */
  static MaskRuns of(
      Ops tf,
      MapFunction.Arguments arguments,
      Operand<TInt32> first,
      Operand<TInt32> end,
      Operand<TInt32> sides) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> axis = tf.constant(0);
    Operand<TInt32> firstRuns = arguments.get(ObjectTable.FIRST_RUN, TInt32.class);
    Operand<TInt32> firstRun = tf.gather(firstRuns, first, axis);
    Operand<TInt32> runs = tf.math.sub(tf.gather(firstRuns, end, axis), firstRun);
    Operand<TInt32> rows = tf.range(first, end, one);
    Operand<TInt32> firsts = tf.math.sub(tf.gather(firstRuns, rows, axis), firstRun);
    Operand<TInt32> nexts =
        tf.math.sub(tf.gather(firstRuns, tf.math.add(rows, one), axis), firstRun);
    Operand<TInt32> object =
        tf.upperBound(tf.expandDims(nexts, axis), tf.expandDims(tf.range(axis, runs, one), axis));
    Operand<TInt32> ends =
        tf.slice(
            arguments.get(ObjectTable.RUN_ENDS, TInt32.class),
            tf.expandDims(firstRun, axis),
            tf.expandDims(runs, axis));
    Operand<TInt64> shifted =
        tf.math.add(
            tf.expandDims(longs(tf, ends), axis),
            tf.math.mul(longs(tf, object), pixels(tf, sides)));
    return new MaskRuns(shifted, firsts, sides);
  }

  /**
   * Adds ops that look up pixels.
   *
   * @param grid the pixels, those outside of the image being 0
   * @param objects indices of n objects among those of the image
   * @return 0 or 1, (n, rows, columns)
   */
  Operand<TUint8> at(Ops tf, SourceGrid grid, Operand<TInt32> objects) {
    Operand<TInt32> height = tf.gather(sides, tf.constant(0), tf.constant(0));
    Operand<TInt32> width = tf.gather(sides, tf.constant(1), tf.constant(0));
    Operand<TInt32> lines = tf.expandDims(grid.lines(), tf.constant(2));
    Operand<TInt32> columns = tf.expandDims(grid.columns(), tf.constant(1));
    Operand<TBool> inside =
        tf.math.logicalAnd(inside(tf, lines, height), inside(tf, columns, width));
    Operand<TInt32> place =
        tf.math.add(tf.math.mul(clipped(tf, columns, width), height), clipped(tf, lines, height));
    Operand<TInt64> query =
        tf.math.add(
            longs(tf, place), tf.math.mul(perObject(tf, longs(tf, objects)), pixels(tf, sides)));
    Operand<TInt32> before = tf.upperBound(ends, tf.reshape(query, tf.constant(new int[] {1, -1})));
    Operand<TInt32> first = perObject(tf, tf.gather(firsts, objects, tf.constant(0)));
    Operand<TInt32> own = tf.math.sub(tf.reshape(before, tf.shape(query)), first);
    Operand<TInt32> covered = tf.bitwise.bitwiseAnd(own, tf.constant(1));
    return tf.dtypes.cast(tf.math.mul(covered, tf.dtypes.cast(inside, TInt32.class)), TUint8.class);
  }

  private static <T extends TNumber> Operand<T> perObject(Ops tf, Operand<T> values) {
    return tf.reshape(values, tf.constant(new int[] {-1, 1, 1}));
  }

  private static Operand<TBool> inside(Ops tf, Operand<TInt32> place, Operand<TInt32> size) {
    return tf.math.logicalAnd(
        tf.math.greaterEqual(place, tf.constant(0)), tf.math.less(place, size));
  }

  private static Operand<TInt32> clipped(Ops tf, Operand<TInt32> place, Operand<TInt32> size) {
    Operand<TInt32> last = tf.math.sub(size, tf.constant(1));
    return tf.math.maximum(tf.math.minimum(place, last), tf.constant(0));
  }

  private static Operand<TInt64> pixels(Ops tf, Operand<TInt32> sides) {
    return tf.reduceProd(longs(tf, sides), tf.constant(0));
  }

  private static Operand<TInt64> longs(Ops tf, Operand<TInt32> values) {
    return tf.dtypes.cast(values, TInt64.class);
  }
}
