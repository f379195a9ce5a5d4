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
import org.tensorflow.types.family.TType;

/**
 * The results of all filters at every pixel, which training needs for the guide: g_j(p) =
 * ⟨∂L/∂y(p), (W_{n,j} ∗ x)(p)⟩. That is m convolutions in any case; the forms differ in their rate
 * and in their memory. All of them may be used in a backward pass: they query no static shape.
 *
 * <p>Milliseconds on two cores with AVX2 and oneDNN, 8 regions, of patches and of convolutions.
 * Batch 8: 56²×64 300, 257; 28²×128 299, 172; 14²×256 448, 350; 7²×512 1,068, 913. Batch 64: 32²×16
 * 57, 98; 16²×32 54, 82; 8²×64 91, 127.
 *
 * <p>Results are in parts (pixels, width, O), the pixels in their order; width is the number of
 * regions, or of experts.
 */
enum RegionResults {
  /** Every patch with all filters of its image, in one batched product; for any sizes. */
  PATCHES,
  /**
   * A convolution of each image with all its filters, which writes no patches and has the rate of a
   * plain convolution. One image after another, so that one image's filters are in memory.
   */
  CONVOLUTIONS,
  /** One convolution with all experts, which all images share; mixed by pixel. */
  EXPERTS,
  /** No results: the gains come with the gradients, see {@link MatrixGradients}. */
  NONE;

  // A convolution of one image, or a region's product, should be work for all cores.
  private static final long MIN_MULTIPLY_ADDS = 100_000_000;
  // Each is a few operations in the graph.
  private static final long MAX_IMAGES = 64;

  /**
   * Returns the fastest form.
   *
   * @param shape of x, static or not
   */
  static RegionResults of(Shape shape, Window window, Filters filters) {
    int regions = filters.regions();
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
    // As many products as a convolution has, if m + 1 matrices are mixed from k² taps.
    if (filters instanceof PooledFilters && 4 * pixels <= width && regions + 1 <= area) {
      return NONE;
    }
    if (area * shape.get(3) * width * pixels < MIN_MULTIPLY_ADDS) {
      return PATCHES;
    }
    boolean known = shape.get(0) != Shape.UNKNOWN_SIZE && shape.get(0) <= MAX_IMAGES;
    return known && area > 1 && window.dilation() == 1 ? CONVOLUTIONS : PATCHES;
  }

  /**
   * Computes the results.
   *
   * @param x (N, H, W, C)
   * @param shape its static form
   */
  List<Operand<TFloat32>> of(
      Ops tf, Operand<TFloat32> x, Shape shape, Window window, Filters filters) {
    return switch (this) {
      case PATCHES -> {
        PatchGrid grid = PatchGrid.of(tf, x, shape, window);
        Operand<TFloat32> all = Products.batched(tf, grid.all(tf), filters.sideBySide(tf));
        yield List.of(byPixel(tf, all, filters.regions(), filters.outputs()));
      }
      case CONVOLUTIONS -> convolutions(tf, x, shape, window, filters);
      case EXPERTS -> {
        ExpertFilters mixed = (ExpertFilters) filters;
        Operand<TFloat32> all = mixed.convolve(tf, x, window, shape.get(3));
        yield List.of(byPixel(tf, all, mixed.experts(), mixed.outputs()));
      }
      case NONE -> List.of();
    };
  }

  private static List<Operand<TFloat32>> convolutions(
      Ops tf, Operand<TFloat32> x, Shape shape, Window window, Filters filters) {
    long images = shape.get(0);
    int channels = Math.toIntExact(shape.get(3));
    int kernel = window.height();
    int regions = filters.regions();
    int outputs = filters.outputs();
    Operand<TInt32> first = tf.constant(0);
    List<Output<TFloat32>> maps = tf.split(first, padded(tf, x, window), images).output();
    Operand<TFloat32> bases = filters.bases(tf);
    List<Operand<TFloat32>> shares = filters.sharesByRegion(tf);
    List<Operand<TFloat32>> byImage = byImage(tf, shares, filters, images);
    Operand<TInt32> side = tf.constant(new int[] {regions, kernel * kernel * channels, outputs});
    Operand<TInt32> form = tf.constant(new int[] {kernel, kernel, channels, regions * outputs});
    Operand<TInt32> turn = tf.constant(new int[] {1, 0, 2});
    Chain chain = new Chain(tf);
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int n = 0; n < images; n++) {
      Operand<TFloat32> own = Products.batched(tf, chain.next(byImage.get(n)), bases);
      Operand<TFloat32> filter = tf.reshape(tf.linalg.transpose(tf.reshape(own, side), turn), form);
      Operand<TFloat32> all = convolve(tf, maps.get(n), filter, window);
      chain.end(all);
      results.add(byPixel(tf, all, regions, outputs));
    }
    return results;
  }

  // Of each image (m, a, b).
  private static List<Operand<TFloat32>> byImage(
      Ops tf, List<Operand<TFloat32>> shares, Filters filters, long images) {
    Operand<TInt32> shape =
        tf.constant(new int[] {filters.regions(), filters.parts(), filters.width()});
    List<Operand<TFloat32>> found = new ArrayList<>();
    for (Output<TFloat32> own : tf.split(tf.constant(1), tf.stack(shares), images).output()) {
      found.add(tf.reshape(own, shape));
    }
    return found;
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

  /**
   * Returns the result of each pixel's own region, (N·P, O).
   *
   * @param parts of {@link #of}
   * @param regions (N·P)
   * @param groups (N·P): n·m + region
   */
  Operand<TFloat32> chosen(
      Ops tf,
      List<Operand<TFloat32>> parts,
      Filters filters,
      Operand<TInt32> regions,
      Operand<TInt32> groups) {
    int outputs = filters.outputs();
    Operand<TInt32> first = tf.constant(0);
    Operand<TInt32> flat = tf.constant(new int[] {-1, outputs});
    if (this == EXPERTS) {
      Operand<TFloat32> shares = tf.gather(((ExpertFilters) filters).shares(), groups, first);
      Operand<TFloat32> mixed =
          Products.batched(tf, tf.expandDims(shares, tf.constant(1)), parts.get(0));
      return tf.reshape(mixed, flat);
    }
    List<Operand<TFloat32>> results = new ArrayList<>();
    List<Operand<TInt32>> own = pieces(tf, regions, parts.size());
    for (int i = 0; i < parts.size(); i++) {
      Operand<TInt32> region = own.get(i);
      Operand<TInt32> pixels = tf.range(first, tf.size(region), tf.constant(1));
      Operand<TInt32> rows =
          tf.math.add(tf.math.mul(pixels, tf.constant(filters.regions())), region);
      results.add(tf.gather(tf.reshape(parts.get(i), flat), rows, first));
    }
    return results.size() == 1 ? results.get(0) : tf.concat(results, first);
  }

  /**
   * Returns the product of every result with the pixel's gradient, (N·P, width).
   *
   * @param parts of {@link #of}
   * @param upstream ∂L/∂y, (N·P, O)
   */
  static Operand<TFloat32> products(
      Ops tf, List<Operand<TFloat32>> parts, Operand<TFloat32> upstream, int width) {
    List<Operand<TFloat32>> given = pieces(tf, upstream, parts.size());
    List<Operand<TFloat32>> products = new ArrayList<>();
    Operand<TInt32> column = tf.constant(2);
    Operand<TInt32> rows = tf.constant(new int[] {-1, width});
    for (int i = 0; i < parts.size(); i++) {
      Operand<TFloat32> own = tf.expandDims(given.get(i), column);
      products.add(tf.reshape(Products.batched(tf, parts.get(i), own), rows));
    }
    return products.size() == 1 ? products.get(0) : tf.concat(products, tf.constant(0));
  }

  /**
   * Returns the gains of all regions, (N·P, m).
   *
   * @param products (N·P, width)
   * @param images scalar N
   */
  Operand<TFloat32> gains(
      Ops tf, Operand<TFloat32> products, Filters filters, Operand<TInt32> images) {
    if (this != EXPERTS) {
      return products;
    }
    int experts = filters.width();
    Operand<TInt32> byRegion = tf.constant(new int[] {-1, filters.regions(), experts});
    Operand<TFloat32> shares = tf.reshape(((ExpertFilters) filters).shares(), byRegion);
    Operand<TInt32> byImage = tf.stack(List.of(images, tf.constant(-1), tf.constant(experts)));
    return tf.reshape(
        Products.batchedByTransposed(tf, tf.reshape(products, byImage), shares),
        tf.constant(new int[] {-1, filters.regions()}));
  }

  private static Operand<TFloat32> byPixel(Ops tf, Operand<TFloat32> all, int width, int outputs) {
    return tf.reshape(all, tf.constant(new int[] {-1, width, outputs}));
  }

  private static <T extends TType> List<Operand<T>> pieces(Ops tf, Operand<T> rows, int count) {
    if (count == 1) {
      return List.of(rows);
    }
    return new ArrayList<>(tf.split(tf.constant(0), rows, (long) count).output());
  }
}
