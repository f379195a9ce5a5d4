package dev.recal.ops.dynamic;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The output at every pixel from its region's filter only. Four forms of one result; all are made
 * of operations with gradients for the map and the filters.
 */
final class RegionProduct {

  // Above this many values it is cheaper to multiply with the generator's matrices one by one than
  // to copy them side by side first (measured between 0.3 and 1.2 million).
  private static final long COPIED = 600_000;

  private static final int SMALLEST_TILE = 8;
  private static final int LARGEST_TILE = 128;

  private RegionProduct() {}

  /**
   * Multiplies.
   *
   * @param regions (N·P): the region of each output pixel
   * @param count m
   * @param pixelsPerImage P where it is known, otherwise 0
   * @return (N·P, O)
   */
  static Operand<TFloat32> of(
      Ops tf,
      PatchGrid grid,
      Filters filters,
      Operand<TInt32> regions,
      int count,
      long pixelsPerImage) {
    if (count == 1) {
      return perImage(tf, grid, filters);
    }
    // Mixing patches needs m + 1 products of a matrix where a filter needs k²; up to twice as many
    // are cheaper than filters for every image.
    if (filters instanceof PooledFilters pooled && count + 1 <= 2 * grid.area()) {
      return mixedPatches(tf, grid, pooled, regions);
    }
    // Few pixels do not repay filters of their image's own.
    if (filters instanceof ExpertFilters experts
        && pixelsPerImage > 0
        && pixelsPerImage <= 4L * count * experts.experts()) {
      return mixedExperts(tf, grid, experts, regions);
    }
    return tiles(tf, grid, filters, regions, count, tile(count, pixelsPerImage));
  }

  /** One filter for each image: (N, P, k²·C) × (N, k²·C, O). */
  static Operand<TFloat32> perImage(Ops tf, PatchGrid grid, Filters filters) {
    Operand<TFloat32> y = Products.batched(tf, grid.all(tf), filters.byGroup(tf));
    return tf.reshape(y, tf.constant(new int[] {-1, filters.outputs()}));
  }

  /**
   * Pixels are ordered by region. Each mixes its patch's k² taps into m + 1 vectors with its
   * image's shares; these meet the region's m + 1 matrices, which all images share, in one product
   * for all pixels of the region. Costs (m + 1)/k² of a plain convolution, whatever the sizes of
   * the regions, and no filter is written out.
   */
  static Operand<TFloat32> mixedPatches(
      Ops tf, PatchGrid grid, PooledFilters filters, Operand<TInt32> regions) {
    int count = filters.regions();
    Operand<TInt32> pixels =
        tf.range(tf.constant(0), tf.math.mul(grid.images(), grid.perImage(tf)), tf.constant(1));
    List<Operand<TInt32>> members =
        new ArrayList<>(tf.dynamicPartition(pixels, regions, (long) count).outputs());
    Operand<TInt32> order = tf.concat(members, tf.constant(0));
    Operand<TInt32> group = tf.gather(groups(tf, grid, regions, count), order, tf.constant(0));
    Operand<TFloat32> mixture = tf.gather(mixtures(tf, filters), group, tf.constant(0));
    Operand<TFloat32> patches = grid.patches(tf, tf.gather(grid.bases(), order, tf.constant(0)));
    Operand<TFloat32> mixed = Products.batched(tf, mixture, patches);
    List<Operand<TInt32>> sizes = new ArrayList<>();
    members.forEach(member -> sizes.add(tf.size(member)));
    List<Output<TFloat32>> parts =
        tf.splitV(mixed, tf.stack(sizes), tf.constant(0), (long) count).output();
    List<Operand<TFloat32>> results = products(tf, filters, parts);
    return tf.dynamicStitch(members, results);
  }

  // (N·m, m + 1, k²): the shares by matrix and tap; the constant has share 1 everywhere.
  private static Operand<TFloat32> mixtures(Ops tf, PooledFilters filters) {
    int count = filters.regions();
    Operand<TFloat32> byMatrix =
        tf.linalg.transpose(filters.shares(), tf.constant(new int[] {0, 2, 3, 1}));
    Operand<TFloat32> padded =
        tf.pad(
            byMatrix, tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 1}, {0, 0}}), tf.constant(1f));
    return tf.reshape(padded, tf.constant(new int[] {-1, count + 1, filters.area()}));
  }

  private static List<Operand<TFloat32>> products(
      Ops tf, PooledFilters filters, List<Output<TFloat32>> parts) {
    int count = filters.regions();
    int outputs = filters.outputs();
    int channels = filters.channels();
    Operand<TInt32> rows = tf.constant(new int[] {-1, channels});
    Operand<TInt32> first = tf.constant(0);
    List<Output<TFloat32>> matrices =
        tf.split(first, tf.reshape(filters.matrices(), rows), (long) count * count).output();
    List<Output<TFloat32>> constants =
        tf.split(first, tf.reshape(filters.constants(), rows), (long) count).output();
    boolean copied = (long) count * (count + 1) * outputs * channels <= COPIED;
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      List<Operand<TFloat32>> own = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        own.add(matrices.get(i * count + j));
      }
      own.add(constants.get(j));
      results.add(
          copied ? atOnce(tf, parts.get(j), own, channels) : oneByOne(tf, parts.get(j), own));
    }
    return results;
  }

  private static Operand<TFloat32> atOnce(
      Ops tf, Operand<TFloat32> part, List<Operand<TFloat32>> matrices, int channels) {
    Operand<TFloat32> rows =
        tf.reshape(part, tf.constant(new int[] {-1, matrices.size() * channels}));
    return tf.linalg.matMul(rows, tf.concat(matrices, tf.constant(1)), MatMul.transposeB(true));
  }

  private static Operand<TFloat32> oneByOne(
      Ops tf, Operand<TFloat32> part, List<Operand<TFloat32>> matrices) {
    List<Output<TFloat32>> rows =
        tf.unstack(part, (long) matrices.size(), Unstack.axis(1L)).output();
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (int i = 0; i < matrices.size(); i++) {
      sums.add(tf.linalg.matMul(rows.get(i), matrices.get(i), MatMul.transposeB(true)));
    }
    return tf.math.addN(sums);
  }

  /**
   * Each patch, times each of its group's shares, meets all experts side by side in one product:
   * (N·P, E·k²·C) × (E·k²·C, O). Costs E plain convolutions, but no filter is written out or
   * copied.
   */
  static Operand<TFloat32> mixedExperts(
      Ops tf, PatchGrid grid, ExpertFilters filters, Operand<TInt32> regions) {
    int wide = filters.experts() * filters.depth();
    Operand<TFloat32> shares =
        tf.gather(filters.shares(), groups(tf, grid, regions, filters.regions()), tf.constant(0));
    Operand<TFloat32> patches =
        tf.reshape(grid.all(tf), tf.constant(new int[] {-1, 1, filters.depth()}));
    Operand<TFloat32> mixed = tf.math.mul(tf.expandDims(shares, tf.constant(2)), patches);
    return tf.linalg.matMul(
        tf.reshape(mixed, tf.constant(new int[] {-1, wide})),
        tf.reshape(filters.kernels(), tf.constant(new int[] {wide, filters.outputs()})));
  }

  /**
   * The pixels of each group, an image's region, are laid into tiles of a fixed number of rows, the
   * last one filled up with a pixel whose results nobody reads; each tile meets a copy of its
   * group's filter in one batched product. Nothing is sorted: a pixel's place in its group is the
   * count of its like before it. Costs at most P + m·tile rows for an image's P pixels.
   */
  static Operand<TFloat32> tiles(
      Ops tf, PatchGrid grid, Filters filters, Operand<TInt32> regions, int count, int tile) {
    Operand<TInt32> perImage = grid.perImage(tf);
    Operand<TInt32> chosen =
        tf.oneHot(
            tf.reshape(regions, tf.stack(List.of(grid.images(), perImage))),
            tf.constant(count),
            tf.constant(1),
            tf.constant(0));
    Operand<TInt32> flat = tf.constant(new int[] {-1});
    Operand<TInt32> before = tf.math.cumsum(chosen, tf.constant(1), Cumsum.exclusive(true));
    Operand<TInt32> rank =
        tf.reshape(tf.reduceSum(tf.math.mul(before, chosen), tf.constant(2)), flat);
    Operand<TInt32> members = tf.reshape(tf.reduceSum(chosen, tf.constant(1)), flat);
    Operand<TInt32> tilesOfGroup =
        tf.math.floorDiv(tf.math.add(members, tf.constant(tile - 1)), tf.constant(tile));
    Operand<TInt32> end = tf.math.cumsum(tilesOfGroup, tf.constant(0));
    Operand<TInt32> start = tf.math.sub(end, tilesOfGroup);
    Operand<TInt32> total = tf.reduceSum(tilesOfGroup, tf.constant(0));
    Operand<TInt32> firstTile = tf.gather(start, groups(tf, grid, regions, count), tf.constant(0));
    Operand<TInt32> slot = tf.math.add(tf.math.mul(firstTile, tf.constant(tile)), rank);
    Operand<TInt32> bases =
        tf.scatterNd(
            tf.expandDims(slot, tf.constant(1)),
            grid.bases(),
            tf.reshape(tf.math.mul(total, tf.constant(tile)), tf.constant(new int[] {1})));
    Operand<TInt32> numbers = tf.range(tf.constant(0), total, tf.constant(1));
    Operand<TInt32> owner =
        tf.reshape(
            tf.upperBound(
                tf.expandDims(end, tf.constant(0)), tf.expandDims(numbers, tf.constant(0))),
            flat);
    Operand<TFloat32> rows =
        tf.reshape(grid.patches(tf, bases), tf.constant(new int[] {-1, tile, grid.depth()}));
    Operand<TFloat32> copies = tf.gather(filters.byGroup(tf), owner, tf.constant(0));
    Operand<TFloat32> products = Products.batched(tf, rows, copies);
    return tf.gather(
        tf.reshape(products, tf.constant(new int[] {-1, filters.outputs()})), slot, tf.constant(0));
  }

  // About the pixels of an even region: fewer rows copy the filters more often, more are wasted.
  static int tile(int count, long pixelsPerImage) {
    long even = pixelsPerImage == 0 ? SMALLEST_TILE * 4 : pixelsPerImage / count;
    int tile = SMALLEST_TILE;
    while (tile < LARGEST_TILE && tile < even) {
      tile *= 2;
    }
    return tile;
  }

  // The number n·m + j of each pixel's group.
  private static Operand<TInt32> groups(
      Ops tf, PatchGrid grid, Operand<TInt32> regions, int count) {
    Operand<TInt32> images =
        tf.math.mul(tf.range(tf.constant(0), grid.images(), tf.constant(1)), tf.constant(count));
    Operand<TInt32> byImage =
        tf.reshape(regions, tf.stack(List.of(grid.images(), grid.perImage(tf))));
    return tf.reshape(
        tf.math.add(tf.expandDims(images, tf.constant(1)), byImage), tf.constant(new int[] {-1}));
  }
}
