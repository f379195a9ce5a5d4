package dev.recal.ops.dynamic;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TInt32;

/**
 * The packing of each region's pixels into tiles with equal numbers of rows; no tile contains
 * pixels of two images. By region:
 *
 * @param rows scalars, the rows of a tile: the maximum number of pixels of an image, but at most a
 *     quarter more than the average, so that an image with many pixels does not pad the others
 * @param totals scalars, the number of tiles
 * @param ends (N), the number of tiles up to the last one of each image
 * @param gaps (N), the offset from the index of an image's pixel to its row
 */
record Tiles(
    List<Output<TInt32>> rows,
    List<Output<TInt32>> totals,
    List<Output<TInt32>> ends,
    List<Output<TInt32>> gaps) {

  /**
   * Computes the packing.
   *
   * @param regions (N·P): the region of each output pixel
   * @param count m
   */
  static Tiles of(Ops tf, PatchGrid grid, Operand<TInt32> regions, int count) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> images = grid.images();
    Operand<TInt32> all = tf.math.mul(images, grid.perImage(tf));
    Operand<TInt32> image = tf.math.floorDiv(tf.range(tf.constant(0), all, one), grid.perImage(tf));
    Operand<TInt32> group = tf.math.add(tf.math.mul(regions, images), image);
    Operand<TInt32> members =
        tf.math.unsortedSegmentSum(
            tf.onesLike(group), group, tf.math.mul(images, tf.constant(count)));
    Operand<TInt32> sizes = tf.reshape(members, tf.stack(List.of(tf.constant(count), images)));
    Operand<TInt32> sum = tf.sum(sizes, one);
    Operand<TInt32> quarterMore =
        tf.math.add(
            tf.math.floorDiv(tf.math.mul(sum, tf.constant(5)), tf.math.mul(images, tf.constant(4))),
            one);
    // Adds dimensions, because TensorFlow 2.7 drops a reshape that removes them.
    Operand<TInt32> byRegion =
        tf.math.maximum(tf.math.minimum(tf.max(sizes, one), quarterMore), one);
    Operand<TInt32> rows = tf.expandDims(byRegion, one);
    Operand<TInt32> tiles = tf.math.floorDiv(tf.math.sub(tf.math.add(sizes, rows), one), rows);
    Operand<TInt32> ends = tf.math.cumsum(tiles, one);
    Operand<TInt32> before = tf.math.cumsum(sizes, one, Cumsum.exclusive(true));
    Operand<TInt32> gaps = tf.math.sub(tf.math.mul(tf.math.sub(ends, tiles), rows), before);
    long m = count;
    return new Tiles(
        tf.unstack(byRegion, m).output(),
        tf.unstack(tf.sum(tiles, one), m).output(),
        tf.unstack(ends, m).output(),
        tf.unstack(gaps, m).output());
  }

  /**
   * Returns the row of each pixel of a region among the rows of its tiles.
   *
   * @param own the region's pixels, in order
   */
  Operand<TInt32> slots(Ops tf, PatchGrid grid, Operand<TInt32> own, int region) {
    Operand<TInt32> first = tf.constant(0);
    Operand<TInt32> image = tf.math.floorDiv(own, grid.perImage(tf));
    Operand<TInt32> number = tf.range(first, tf.size(own), tf.constant(1));
    return tf.math.add(number, tf.gather(gaps.get(region), image, first));
  }

  /**
   * Returns the pixel of each row of a region's tiles.
   *
   * @param own the region's pixels, in order
   * @param padding the number in rows without a pixel
   */
  Operand<TInt32> rows(
      Ops tf, PatchGrid grid, Operand<TInt32> own, Operand<TInt32> padding, int region) {
    Operand<TInt32> size = tf.math.mul(totals.get(region), rows.get(region));
    Operand<TInt32> placed =
        tf.scatterNd(
            tf.expandDims(slots(tf, grid, own, region), tf.constant(1)),
            tf.math.sub(own, padding),
            tf.reshape(size, tf.constant(new int[] {1})));
    return tf.math.add(placed, padding);
  }

  /**
   * Returns the image of each tile of a region: the number of images whose last tile comes before
   * it. ONNX has no search in sorted numbers.
   */
  Operand<TInt32> owners(Ops tf, int region) {
    Operand<TInt32> second = tf.constant(1);
    Operand<TInt32> all = tf.range(tf.constant(0), totals.get(region), second);
    Operand<TInt32> tiles = tf.expandDims(all, second);
    return tf.sum(tf.dtypes.cast(tf.math.lessEqual(ends.get(region), tiles), TInt32.class), second);
  }
}
