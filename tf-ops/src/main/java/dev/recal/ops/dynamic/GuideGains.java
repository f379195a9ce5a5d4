package dev.recal.ops.dynamic;

import dev.recal.ops.Products;
import dev.recal.ops.conv.Window;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What each region's filter would gain at each pixel: g_j(p) = ⟨∂L/∂y(p), (W_{n,j} ∗ x)(p)⟩, (N·P,
 * m). That is m convolutions in any case; the forms differ in their rate and in their memory. All
 * of them may be used in a backward pass: they query no static shape.
 *
 * <p>Milliseconds on two cores with AVX2, 8 regions, of patches, convolutions and mixtures. Batch
 * 8, with oneDNN: 56²×64 300, 257, 512; 28²×128 299, 172, 313; 14²×256 448, 350, 127; 7²×512 1,068,
 * 913, 145. Batch 64: 32²×16 57, 98, 715; 16²×32 54, 82, 195; 8²×64 91, 127, 93. In separate runs,
 * a step with experts took 0.6 to 0.7 of its time with a convolution of each image.
 */
enum GuideGains {
  /** Every patch with all filters of its image, in one batched product; for any sizes. */
  PATCHES,
  /**
   * A convolution of each image with all its filters, which writes no patches and has the rate of a
   * plain convolution.
   */
  CONVOLUTIONS,
  /**
   * Region by region: each patch mixes its taps with the weights of its image, and is multiplied
   * with the region's m + 1 matrices, as in {@link RegionProduct#mixedPatches}. Expands no filter.
   */
  MIXTURES,
  /**
   * One convolution with all experts, which all images share; each region weights their products
   * with ∂L/∂y. Expands no filter.
   */
  EXPERTS;

  // A convolution of one image, or a region's product, should be work for all cores.
  private static final long MIN_MULTIPLY_ADDS = 100_000_000;
  // Each is a few operations in the graph.
  private static final long MAX_IMAGES = 64;

  /**
   * Returns the fastest form.
   *
   * @param shape of x, static or not
   */
  static GuideGains of(Shape shape, Window window, Filters filters, int regions) {
    if (filters instanceof ExpertFilters mixed
        && mixed.experts() <= 2 * regions
        && window.dilation() == 1) {
      return EXPERTS;
    }
    Shape result = Settings.result(shape, window, filters.outputs());
    long rows = result.get(1);
    long columns = result.get(2);
    if (rows == Shape.UNKNOWN_SIZE || columns == Shape.UNKNOWN_SIZE) {
      return PATCHES;
    }
    long pixels = rows * columns;
    long area = (long) window.height() * window.width();
    long width = (long) regions * filters.outputs();
    if (area * shape.get(3) * width * pixels < MIN_MULTIPLY_ADDS) {
      return PATCHES;
    }
    // As many products as a convolution has, if m + 1 matrices are mixed from k² taps.
    if (filters instanceof PooledFilters && 4 * pixels <= width && regions + 1 <= area) {
      return MIXTURES;
    }
    boolean known = shape.get(0) != Shape.UNKNOWN_SIZE && shape.get(0) <= MAX_IMAGES;
    return known && area > 1 && window.dilation() == 1 ? CONVOLUTIONS : PATCHES;
  }

  /**
   * Adds the operations.
   *
   * @param x (N, H, W, C)
   * @param shape its static form
   * @param upstream ∂L/∂y, (N, H', W', O)
   */
  Operand<TFloat32> build(
      Ops tf,
      Operand<TFloat32> x,
      Shape shape,
      Window window,
      Filters filters,
      int regions,
      Operand<TFloat32> upstream) {
    return switch (this) {
      case PATCHES -> patches(tf, PatchGrid.of(tf, x, shape, window), filters, regions, upstream);
      case CONVOLUTIONS -> convolutions(tf, x, shape, window, filters, regions, upstream);
      case MIXTURES ->
          mixtures(tf, PatchGrid.of(tf, x, shape, window), (PooledFilters) filters, upstream);
      case EXPERTS -> experts(tf, x, shape, window, (ExpertFilters) filters, upstream);
    };
  }

  private static Operand<TFloat32> patches(
      Ops tf, PatchGrid grid, Filters filters, int regions, Operand<TFloat32> upstream) {
    Operand<TFloat32> all = Products.batched(tf, grid.all(tf), filters.sideBySide(tf));
    return dots(tf, all, upstream, regions, filters.outputs());
  }

  private static Operand<TFloat32> convolutions(
      Ops tf,
      Operand<TFloat32> x,
      Shape shape,
      Window window,
      Filters filters,
      int regions,
      Operand<TFloat32> upstream) {
    long images = shape.get(0);
    int channels = Math.toIntExact(shape.get(3));
    int kernel = window.height();
    int outputs = filters.outputs();
    Operand<TInt32> first = tf.constant(0);
    List<Output<TFloat32>> maps = tf.split(first, padded(tf, x, window), images).output();
    List<Output<TFloat32>> kernels = tf.split(first, filters.sideBySide(tf), images).output();
    Operand<TFloat32> rows =
        tf.reshape(upstream, tf.constant(new int[] {(int) images, -1, outputs}));
    List<Output<TFloat32>> given = tf.split(first, rows, images).output();
    Operand<TInt32> form = tf.constant(new int[] {kernel, kernel, channels, regions * outputs});
    List<Operand<TFloat32>> gains = new ArrayList<>();
    for (int n = 0; n < images; n++) {
      Operand<TFloat32> filter = tf.reshape(kernels.get(n), form);
      Operand<TFloat32> all = convolve(tf, maps.get(n), filter, window);
      gains.add(dots(tf, all, given.get(n), regions, outputs));
    }
    return tf.concat(gains, first);
  }

  static Operand<TFloat32> padded(Ops tf, Operand<TFloat32> x, Window window) {
    int[] border = window.padding().along(window.height(), window.stride(), 1);
    int[] none = {0, 0};
    return border[0] + border[1] == 0
        ? x
        : tf.pad(x, tf.constant(new int[][] {none, border, border, none}), tf.constant(0f));
  }

  static Operand<TFloat32> convolve(
      Ops tf, Operand<TFloat32> padded, Operand<TFloat32> kernel, Window window) {
    long stride = window.stride();
    return tf.nn.conv2d(padded, kernel, List.of(1L, stride, stride, 1L), "VALID");
  }

  private static Operand<TFloat32> experts(
      Ops tf,
      Operand<TFloat32> x,
      Shape shape,
      Window window,
      ExpertFilters filters,
      Operand<TFloat32> upstream) {
    int experts = filters.experts();
    Operand<TFloat32> all = filters.convolve(tf, x, window, shape.get(3));
    Operand<TInt32> byRegion = tf.constant(new int[] {-1, filters.regions(), experts});
    Operand<TFloat32> shares = tf.reshape(filters.shares(), byRegion);
    Operand<TFloat32> products = dots(tf, all, upstream, experts, filters.outputs());
    Operand<TInt32> images =
        tf.slice(tf.shape(x), tf.constant(new int[1]), tf.constant(new int[] {1}));
    Operand<TInt32> byImage =
        tf.concat(List.of(images, tf.constant(new int[] {-1, experts})), tf.constant(0));
    return tf.reshape(
        Products.batchedByTransposed(tf, tf.reshape(products, byImage), shares),
        tf.constant(new int[] {-1, filters.regions()}));
  }

  private static Operand<TFloat32> mixtures(
      Ops tf, PatchGrid grid, PooledFilters filters, Operand<TFloat32> upstream) {
    int outputs = filters.outputs();
    int area = grid.area();
    Operand<TFloat32> patches =
        tf.reshape(
            grid.all(tf),
            tf.stack(
                List.of(
                    grid.images(),
                    grid.perImage(tf),
                    tf.constant(area),
                    tf.constant(filters.channels()))));
    List<Output<TFloat32>> mixtures = RegionProduct.mixtures(tf, filters);
    List<List<Operand<TFloat32>>> matrices = RegionProduct.matrices(tf, filters);
    Operand<TFloat32> given = tf.reshape(upstream, tf.constant(new int[] {-1, outputs, 1}));
    List<Operand<TFloat32>> gains = new ArrayList<>();
    for (int j = 0; j < filters.regions(); j++) {
      Operand<TFloat32> mixture = tf.expandDims(mixtures.get(j), tf.constant(1));
      Operand<TFloat32> mixed =
          tf.reshape(
              Products.batched(tf, mixture, patches),
              tf.constant(new int[] {-1, filters.regions() + 1, filters.channels()}));
      Operand<TFloat32> y = RegionProduct.jointly(tf, mixed, matrices.get(j), filters.channels());
      gains.add(dots(tf, y, given, 1, outputs));
    }
    return tf.concat(gains, tf.constant(1));
  }

  // Of every pixel's results of all regions with the pixel's gradient, (pixels, regions).
  private static Operand<TFloat32> dots(
      Ops tf, Operand<TFloat32> all, Operand<TFloat32> upstream, int regions, int outputs) {
    Operand<TFloat32> byRegion = tf.reshape(all, tf.constant(new int[] {-1, regions, outputs}));
    Operand<TFloat32> given = tf.reshape(upstream, tf.constant(new int[] {-1, outputs, 1}));
    return tf.reshape(Products.batched(tf, byRegion, given), tf.constant(new int[] {-1, regions}));
  }
}
