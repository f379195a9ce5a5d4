package dev.recal.ops.dynamic;

import dev.recal.ops.Products;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The output at every pixel, computed only with the filter of its region. Four algorithms for the
 * same result; all use operations with gradients for the map and the filters.
 */
final class RegionProduct {

  // Above this many values it is cheaper to multiply with the generator's matrices one by one than
  // to copy them side by side first (measured between 0.3 and 1.2 million).
  private static final long MAX_COPIED_VALUES = 600_000;

  // In values.
  private static final long SMALL_FILTER = 2048;

  private RegionProduct() {}

  /**
   * Multiplies.
   *
   * @param regions (N·P): the region of each output pixel
   * @param count m
   * @param pixelsPerImage P if known, otherwise 0
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
    // Mixing patches needs m + 1 matrix products where a filter needs k²; up to twice as many are
    // cheaper than filters for every image, unless an image has several times more pixels than
    // filter values.
    boolean written = pixelsPerImage > 4L * count * filters.outputs();
    if (filters instanceof PooledFilters pooled && !written && count + 1 <= 2 * grid.area()) {
      return mixedPatches(tf, grid, pooled, regions, pixelsPerImage);
    }
    // Few pixels do not justify separate filters for their image: with 8 regions and 8 experts, the
    // mixed form took 0.4 times as long at 7²×512 in training, 2.6 times at 14²×256 in inference.
    if (filters instanceof ExpertFilters experts
        && pixelsPerImage > 0
        && pixelsPerImage <= mostMixed(experts)) {
      return mixedExperts(tf, grid, experts, regions);
    }
    return tiles(tf, grid, filters, regions, count);
  }

  // The pixels of an image up to which its patches are mixed. Small filters are mixed for twice as
  // many: 1×1, 16 to 16 channels at 16², took 0.45 times as long as tiles with one image, 0.98 with
  // 16 images, and more runtimes have the operations.
  private static long mostMixed(ExpertFilters filters) {
    long few = 2L * filters.regions() * filters.experts();
    return (long) filters.depth() * filters.outputs() <= SMALL_FILTER ? 2 * few : few;
  }

  /** One filter for each image: (N, P, k²·C) × (N, k²·C, O). */
  static Operand<TFloat32> perImage(Ops tf, PatchGrid grid, Filters filters) {
    Operand<TFloat32> shares = filters.sharesByRegion(tf).get(0);
    Operand<TFloat32> written =
        filters.expanded(
            tf,
            tf.reshape(shares, tf.constant(new int[] {-1, filters.width()})),
            filters.basis(tf, tf.constant(0)),
            grid.depth());
    Operand<TFloat32> y = Products.batched(tf, grid.all(tf), written);
    return tf.reshape(y, tf.constant(new int[] {-1, filters.outputs()}));
  }

  /**
   * Region by region: the pixels' patches are gathered, each mixes its k² taps into m + 1 vectors
   * with the weights of its image, which are multiplied with the region's m + 1 matrices, shared by
   * all images. Costs (m + 1)/k² of a plain convolution, regardless of the sizes of the regions,
   * and expands no filter.
   *
   * <p>Patches of all pixels at once were slower (batch 16 at 56×56×64: 5.2 plain convolutions
   * against 4.5), and need m times the memory.
   */
  static Operand<TFloat32> mixedPatches(
      Ops tf, PatchGrid grid, PooledFilters filters, Operand<TInt32> regions, long pixelsPerImage) {
    int count = filters.regions();
    Operand<TInt32> perImage = grid.perImage(tf);
    List<Operand<TInt32>> members = members(tf, grid, regions, count);
    List<Output<TFloat32>> mixtures = mixtures(tf, filters);
    List<List<Operand<TFloat32>>> matrices = matrices(tf, filters);
    boolean copied = prefersCopies(filters, pixelsPerImage);
    Operand<TInt32> rows = tf.constant(0);
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      Operand<TInt32> own = members.get(j);
      Operand<TFloat32> mixture = tf.gather(mixtures.get(j), tf.math.floorDiv(own, perImage), rows);
      Operand<TFloat32> patches = grid.patches(tf, tf.gather(grid.bases(), own, rows));
      Operand<TFloat32> mixed = Products.batched(tf, mixture, patches);
      results.add(
          copied
              ? jointly(tf, mixed, matrices.get(j), filters.channels())
              : oneByOne(tf, mixed, matrices.get(j)));
    }
    return tf.dynamicStitch(members, results);
  }

  // For each region (N, m + 1, k²): the shares by matrix and tap; the constant has share 1
  // everywhere.
  static List<Output<TFloat32>> mixtures(Ops tf, PooledFilters filters) {
    Operand<TFloat32> byMatrix =
        tf.linalg.transpose(filters.shares(), tf.constant(new int[] {2, 0, 3, 1}));
    Operand<TFloat32> padded =
        tf.pad(
            byMatrix, tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 1}, {0, 0}}), tf.constant(1f));
    return tf.unstack(padded, (long) filters.regions()).output();
  }

  // The m + 1 matrices (O, C) of each region, in the layout of the variables.
  static List<List<Operand<TFloat32>>> matrices(Ops tf, PooledFilters filters) {
    int count = filters.regions();
    Operand<TInt32> rows = tf.constant(new int[] {-1, filters.channels()});
    Operand<TInt32> first = tf.constant(0);
    List<Output<TFloat32>> mixed =
        tf.split(first, tf.reshape(filters.matrices(), rows), (long) count * count).output();
    List<Output<TFloat32>> constants =
        tf.split(first, tf.reshape(filters.constants(), rows), (long) count).output();
    List<List<Operand<TFloat32>>> byRegion = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      List<Operand<TFloat32>> own = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        own.add(mixed.get(i * count + j));
      }
      own.add(constants.get(j));
      byRegion.add(own);
    }
    return byRegion;
  }

  private static boolean prefersCopies(PooledFilters filters, long pixelsPerImage) {
    long rows = (long) filters.regions() * filters.outputs();
    return pixelsPerImage > 0
        ? rows <= 2 * pixelsPerImage
        : rows * (filters.regions() + 1) * filters.channels() <= MAX_COPIED_VALUES;
  }

  /** Multiplies (rows, m + 1, C) with a region's m + 1 matrices, copied side by side. */
  static Operand<TFloat32> jointly(
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
   * Multiplies each patch, times each weight of its group, with all experts side by side in one
   * product: (N·P, E·k²·C) × (E·k²·C, O). Costs E plain convolutions, but expands and copies no
   * filter.
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
   * Region by region: the pixels of each image are packed into tiles of a quarter more rows than an
   * image has on average; the last tile is padded with a pixel whose results are discarded. Each
   * tile is multiplied with a copy of its image's filter in one batched product. So a single image
   * has one tile without padding, and images of similar content have one each. Nothing is sorted,
   * since the members are already in order.
   */
  static Operand<TFloat32> tiles(
      Ops tf, PatchGrid grid, Filters filters, Operand<TInt32> regions, int count) {
    Operand<TInt32> first = tf.constant(0);
    Operand<TInt32> all = tf.math.mul(grid.images(), grid.perImage(tf));
    List<Operand<TInt32>> members = members(tf, grid, regions, count);
    List<Operand<TFloat32>> shares = filters.sharesByRegion(tf);
    Tiles tiles = Tiles.of(tf, grid, regions, count);
    // What pads a tile is pixel N·P.
    Operand<TInt32> bases =
        tf.concat(List.of(grid.bases(), tf.constant(new int[] {0})), tf.constant(0));
    List<Operand<TInt32>> rows = new ArrayList<>();
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      Operand<TInt32> own = tiles.rows(tf, grid, members.get(j), all, j);
      Operand<TFloat32> patches = grid.patches(tf, tf.gather(bases, own, first));
      Operand<TFloat32> tile =
          tf.reshape(
              patches,
              tf.stack(
                  List.of(tiles.totals().get(j), tiles.rows().get(j), tf.constant(grid.depth()))));
      Operand<TFloat32> written =
          filters.expanded(
              tf,
              filters.mixing(tf, shares.get(j), tiles.owners(tf, j)),
              filters.basis(tf, tf.constant(j)),
              grid.depth());
      rows.add(own);
      results.add(
          tf.reshape(
              Products.batched(tf, tile, written), tf.constant(new int[] {-1, filters.outputs()})));
    }
    return tf.slice(
        tf.dynamicStitch(rows, results),
        tf.constant(new int[] {0, 0}),
        tf.stack(List.of(all, tf.constant(filters.outputs()))));
  }

  // The pixels of each region, in order.
  static List<Operand<TInt32>> members(Ops tf, PatchGrid grid, Operand<TInt32> regions, int count) {
    Operand<TInt32> all = tf.math.mul(grid.images(), grid.perImage(tf));
    Operand<TInt32> pixels = tf.range(tf.constant(0), all, tf.constant(1));
    return new ArrayList<>(tf.dynamicPartition(pixels, regions, (long) count).outputs());
  }

  // The group n·m + j of each pixel.
  static Operand<TInt32> groups(Ops tf, PatchGrid grid, Operand<TInt32> regions, int count) {
    Operand<TInt32> images =
        tf.math.mul(tf.range(tf.constant(0), grid.images(), tf.constant(1)), tf.constant(count));
    Operand<TInt32> byImage =
        tf.reshape(regions, tf.stack(List.of(grid.images(), grid.perImage(tf))));
    return tf.reshape(
        tf.math.add(tf.expandDims(images, tf.constant(1)), byImage), tf.constant(new int[] {-1}));
  }
}
