package dev.recal.ops.dynamic;

import dev.recal.ops.Products;
import dev.recal.ops.conv.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradients of a pooled generator's layer on few pixels, without filters. With the m + 1
 * matrices E_{j,i} of region j, which all images share, and D_{j,i}(p) = E_{j,i}ᵀ ∂L/∂y(p) for
 * every pixel, the products Q_{j,i,t}(p) = ⟨D_{j,i}(p), x_t(p)⟩ with the pixel's taps give the
 * gains g_j = Σ s_{j,t,i} Q_{j,i,t} of the guide, and summed over the region's own pixels the
 * gradient of the shares s. D of the own pixels gives that of the map. So one product serves all
 * three.
 *
 * <p>Images are computed in groups, regions one after another; the matrices' own gradients follow,
 * with patches of one region at a time.
 */
final class MatrixGradients {

  // Values of the patches of a group of images. Above it they no longer fit into the cache; but
  // every group copies all matrices.
  private static final long MAX_PATCH_VALUES = 2_000_000;
  private static final long MATRICES_PER_PATCHES = 4;

  private final Ops tf;
  private final PooledFilters filters;
  private final List<List<Operand<TFloat32>>> matrices;
  private final List<Output<TFloat32>> mixtures;
  private final Chain chain;
  private final List<Operand<TFloat32>> maps = new ArrayList<>();
  private final List<Operand<TFloat32>> gains = new ArrayList<>();
  private final List<Operand<TFloat32>> shares = new ArrayList<>();
  private Operand<TFloat32> ofMatrices;
  private Operand<TFloat32> ofConstants;

  private MatrixGradients(Ops tf, PooledFilters filters) {
    this.tf = tf;
    this.filters = filters;
    this.matrices = RegionProduct.matrices(tf, filters);
    this.mixtures = RegionProduct.mixtures(tf, filters);
    this.chain = new Chain(tf);
  }

  /**
   * Computes the gradients.
   *
   * @param x (N, H, W, C)
   * @param shape its static form; N is known if there are several groups
   * @param count of the groups of images
   * @param regions (N·P)
   * @param upstream ∂L/∂y, (N·P, O)
   */
  static MatrixGradients of(
      Ops tf,
      Operand<TFloat32> x,
      Shape shape,
      Window window,
      long count,
      PooledFilters filters,
      Operand<TInt32> regions,
      Operand<TFloat32> upstream) {
    MatrixGradients found = new MatrixGradients(tf, filters);
    Shape part =
        shape.get(0) == Shape.UNKNOWN_SIZE
            ? shape
            : Shape.of(shape.get(0) / count, shape.get(1), shape.get(2), shape.get(3));
    Operand<TInt32> first = tf.constant(0);
    List<Output<TFloat32>> xs = tf.split(first, x, count).output();
    List<Output<TInt32>> chosen = tf.split(first, regions, count).output();
    List<Output<TFloat32>> given = tf.split(first, upstream, count).output();
    List<List<Output<TFloat32>>> ofImages =
        found.mixtures.stream().map(all -> tf.split(first, all, count).output()).toList();
    for (int g = 0; g < count; g++) {
      int group = g;
      PatchGrid grid = PatchGrid.of(tf, xs.get(g), part, window);
      Operand<TFloat32> map =
          found.addGroup(
              grid,
              chosen.get(g),
              given.get(g),
              ofImages.stream().map(all -> all.get(group)).toList());
      found.maps.add(PatchGrid.unpadded(tf, map, xs.get(g), window));
    }
    found.addMatrices(PatchGrid.of(tf, x, shape, window), regions, upstream);
    return found;
  }

  /** Returns the number of groups of images: as few as possible. */
  static long groups(Shape shape, Window window, Filters filters) {
    Shape result = Settings.result(shape, window, filters.outputs());
    long images = shape.get(0);
    long pixels = Settings.pixels(result);
    if (images == Shape.UNKNOWN_SIZE || pixels == 0) {
      return 1;
    }
    long patches = pixels * window.height() * window.width() * shape.get(3);
    long rows = (long) filters.regions() * filters.regions() * filters.outputs();
    long most = Math.max(MAX_PATCH_VALUES, rows * shape.get(3) / MATRICES_PER_PATCHES);
    return LongStream.rangeClosed(1, images)
        .filter(count -> images % count == 0 && images / count * patches <= most)
        .findFirst()
        .orElse(images);
  }

  // Gains, shares and map of some images.
  private Operand<TFloat32> addGroup(
      PatchGrid grid,
      Operand<TInt32> regions,
      Operand<TFloat32> upstream,
      List<Output<TFloat32>> ofImages) {
    int count = filters.regions();
    int taps = filters.area();
    int pairs = (count + 1) * taps;
    Operand<TInt32> first = tf.constant(0);
    Operand<TFloat32> patches = grid.patches(tf, chain.next(grid.bases()));
    List<Operand<TInt32>> members = RegionProduct.members(tf, grid, regions, count);
    Operand<TInt32> byImage =
        tf.stack(List.of(grid.images(), grid.perImage(tf), tf.constant(pairs)));
    Operand<TInt32> rows = tf.stack(List.of(grid.images(), tf.constant(1), grid.perImage(tf)));
    Operand<TFloat32> map = tf.zerosLike(grid.pixels());
    List<Operand<TFloat32>> ofRegions = new ArrayList<>();
    List<Operand<TFloat32>> ofShares = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      Operand<TFloat32> mixture = ofImages.get(j);
      Operand<TFloat32> joined = tf.concat(matrices.get(j), chain.next(tf.constant(1)));
      Operand<TFloat32> back =
          tf.reshape(
              tf.linalg.matMul(upstream, joined),
              tf.constant(new int[] {-1, count + 1, filters.channels()}));
      Operand<TFloat32> products =
          tf.reshape(Products.batchedByTransposed(tf, back, patches), byImage);
      Operand<TFloat32> gain =
          Products.batched(
              tf, products, tf.reshape(mixture, tf.constant(new int[] {-1, pairs, 1})));
      ofRegions.add(tf.reshape(gain, tf.constant(new int[] {-1, 1})));
      Operand<TFloat32> mask =
          tf.dtypes.cast(tf.math.equal(regions, tf.constant(j)), TFloat32.class);
      Operand<TFloat32> sums = Products.batched(tf, tf.reshape(mask, rows), products);
      ofShares.add(tf.reshape(sums, tf.constant(new int[] {-1, count + 1, taps})));
      Operand<TInt32> own = members.get(j);
      Operand<TInt32> image = tf.math.floorDiv(own, grid.perImage(tf));
      Operand<TFloat32> ofPatches =
          Products.batchedOfTransposed(
              tf, tf.gather(mixture, image, first), tf.gather(back, own, first));
      map = grid.addPatches(tf, map, tf.gather(grid.bases(), own, first), ofPatches);
      chain.end(map, gain, sums);
    }
    gains.add(tf.concat(ofRegions, tf.constant(1)));
    shares.add(tf.stack(ofShares));
    return map;
  }

  private void addMatrices(PatchGrid grid, Operand<TInt32> regions, Operand<TFloat32> upstream) {
    int count = filters.regions();
    int matrix = filters.outputs() * filters.channels();
    Operand<TInt32> first = tf.constant(0);
    List<Operand<TInt32>> members = RegionProduct.members(tf, grid, regions, count);
    ofMatrices = Chain.zeros(tf, chain.next(tf.constant(new int[] {count * count, matrix})));
    ofConstants = Chain.zeros(tf, chain.next(tf.constant(new int[] {count, matrix})));
    for (int j = 0; j < count; j++) {
      Operand<TInt32> own = chain.next(members.get(j));
      Operand<TFloat32> mixture =
          tf.gather(mixtures.get(j), tf.math.floorDiv(own, grid.perImage(tf)), first);
      Operand<TFloat32> patches = grid.patches(tf, tf.gather(grid.bases(), own, first));
      Operand<TFloat32> mixed =
          tf.linalg.transpose(
              Products.batched(tf, mixture, patches), tf.constant(new int[] {1, 0, 2}));
      Operand<TFloat32> given = tf.expandDims(tf.gather(upstream, own, first), first);
      Operand<TFloat32> all =
          tf.reshape(
              Products.batchedOfTransposed(tf, given, mixed),
              tf.constant(new int[] {count + 1, matrix}));
      int[] places = new int[count];
      for (int i = 0; i < count; i++) {
        places[i] = i * count + j;
      }
      ofMatrices =
          tf.inplaceUpdate(
              ofMatrices,
              tf.constant(places),
              tf.slice(all, tf.constant(new int[2]), tf.constant(new int[] {count, matrix})));
      Operand<TFloat32> constant =
          tf.slice(all, tf.constant(new int[] {count, 0}), tf.constant(new int[] {1, matrix}));
      ofConstants = tf.inplaceUpdate(ofConstants, tf.constant(new int[] {j}), constant);
      chain.end(ofMatrices, ofConstants);
    }
  }

  /** Returns the gains of the guide, (N·P, m). */
  Operand<TFloat32> gains() {
    return joined(gains, 0);
  }

  /** Returns the gradient of the map, (N, H, W, C). */
  Operand<TFloat32> map() {
    return joined(maps, 0);
  }

  /** Returns those of shares, matrices and constants. */
  List<Operand<TFloat32>> sources() {
    int count = filters.regions();
    // (m, N, m + 1, k²), the last matrix with share 1.
    Operand<TFloat32> byRegion =
        tf.slice(
            joined(shares, 1),
            tf.constant(new int[4]),
            tf.constant(new int[] {count, -1, count, filters.area()}));
    return List.of(
        tf.linalg.transpose(byRegion, tf.constant(new int[] {1, 3, 0, 2})),
        tf.reshape(ofMatrices, tf.constant(new int[] {count, -1})),
        tf.reshape(ofConstants, tf.constant(new int[] {-1})));
  }

  private Operand<TFloat32> joined(List<Operand<TFloat32>> parts, int axis) {
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(axis));
  }
}
