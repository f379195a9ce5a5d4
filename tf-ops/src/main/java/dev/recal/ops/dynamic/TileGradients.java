package dev.recal.ops.dynamic;

import dev.recal.ops.Products;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradients of the map and of the filters, region by region: the region's pixels are packed
 * into {@link Tiles}, the filter of each tile is generated from its image's shares, and patches are
 * gathered again. So patches and filters of one region are in memory, first for the gradient of the
 * map, then for that of the filters, which is reduced to shares and basis at once.
 */
final class TileGradients {

  private final Ops tf;
  private final PatchGrid grid;
  private final Filters filters;
  private final Operand<TFloat32> upstream;
  private final boolean withShares;
  private final List<Operand<TFloat32>> shares = new ArrayList<>();
  private final List<Operand<TFloat32>> bases = new ArrayList<>();
  private Operand<TFloat32> map;

  private TileGradients(
      Ops tf, PatchGrid grid, Filters filters, Operand<TFloat32> upstream, boolean withShares) {
    this.tf = tf;
    this.grid = grid;
    this.filters = filters;
    this.upstream = upstream;
    this.withShares = withShares;
    this.map = Chain.zeros(tf, tf.shape(grid.pixels()));
  }

  /**
   * Computes the gradients.
   *
   * @param regions (N·P)
   * @param upstream ∂L/∂y, (N·P, O)
   * @param withShares whether those of the shares are computed
   * @param chain whose last part is awaited
   */
  static TileGradients of(
      Ops tf,
      PatchGrid grid,
      Filters filters,
      Operand<TInt32> regions,
      Operand<TFloat32> upstream,
      boolean withShares,
      Chain chain) {
    TileGradients gradients = new TileGradients(tf, grid, filters, upstream, withShares);
    int count = filters.regions();
    Tiles tiles = Tiles.of(tf, grid, regions, count);
    List<Operand<TInt32>> members = RegionProduct.members(tf, grid, regions, count);
    List<Operand<TFloat32>> ofRegions = filters.sharesByRegion(tf);
    for (int j = 0; j < count; j++) {
      gradients.add(j, members.get(j), tiles, ofRegions.get(j), chain);
    }
    return gradients;
  }

  private void add(
      int region, Operand<TInt32> members, Tiles tiles, Operand<TFloat32> ofRegion, Chain chain) {
    Operand<TInt32> first = tf.constant(0);
    Operand<TInt32> own = chain.next(members);
    Operand<TInt32> slots = tf.expandDims(tiles.slots(tf, grid, own, region), tf.constant(1));
    Operand<TInt32> total = tiles.totals().get(region);
    Operand<TInt32> rows = tiles.rows().get(region);
    Operand<TInt32> size = tf.math.mul(total, rows);
    Operand<TInt32> outputs = tf.constant(filters.outputs());
    Operand<TInt32> firstTaps =
        tf.scatterNd(
            slots,
            tf.gather(grid.bases(), own, first),
            tf.reshape(size, tf.constant(new int[] {1})));
    // Zeros where a tile is padded.
    Operand<TFloat32> given =
        tf.reshape(
            tf.scatterNd(slots, tf.gather(upstream, own, first), tf.stack(List.of(size, outputs))),
            tf.stack(List.of(total, rows, outputs)));
    Operand<TInt32> owners = chain.next(tiles.owners(tf, region));
    Operand<TFloat32> mixing = filters.mixing(tf, ofRegion, owners);
    Operand<TFloat32> basis = filters.basis(tf, chain.next(tf.constant(region)));
    Operand<TFloat32> written = filters.expanded(tf, mixing, basis, grid.depth());
    addMap(firstTaps, Products.batchedByTransposed(tf, given, written));
    chain.end(map);
    Operand<TFloat32> patches =
        tf.reshape(
            grid.patches(tf, chain.next(firstTaps)),
            tf.stack(List.of(total, rows, tf.constant(grid.depth()))));
    Operand<TFloat32> ofFilters =
        tf.reshape(
            Products.batchedOfTransposed(tf, patches, given),
            tf.constant(new int[] {-1, grid.depth() * filters.outputs() / filters.parts()}));
    addFilters(mixing, basis, owners, ofFilters, chain);
  }

  private void addMap(Operand<TInt32> firstTaps, Operand<TFloat32> patches) {
    // An average region's patches have k²/m times the values of the map.
    if (2 * grid.area() < filters.regions()) {
      map = grid.addPatches(tf, map, firstTaps, patches);
    } else {
      map = Chain.added(tf, map, grid.sumOfPatches(tf, firstTaps, patches));
    }
  }

  private void addFilters(
      Operand<TFloat32> mixing,
      Operand<TFloat32> basis,
      Operand<TInt32> owners,
      Operand<TFloat32> ofFilters,
      Chain chain) {
    Operand<TFloat32> ofBasis = tf.linalg.matMul(mixing, ofFilters, MatMul.transposeA(true));
    if (filters.sharesBasis() && !bases.isEmpty()) {
      bases.set(0, Chain.added(tf, bases.get(0), ofBasis));
    } else {
      bases.add(ofBasis);
    }
    Operand<TFloat32> last = bases.get(bases.size() - 1);
    if (!withShares) {
      chain.end(last);
      return;
    }
    Operand<TFloat32> ofMixing = tf.linalg.matMul(ofFilters, basis, MatMul.transposeB(true));
    int[] shape = {-1, filters.parts(), filters.width()};
    Operand<TFloat32> byTile = tf.reshape(ofMixing, tf.constant(shape));
    shares.add(tf.math.unsortedSegmentSum(byTile, owners, grid.images()));
    chain.end(last, shares.get(shares.size() - 1));
  }

  /** Returns that of the padded map in matrix form, (N·Hp·Wp, C). */
  Operand<TFloat32> map() {
    return map;
  }

  /** Returns those of each region's shares, (N, a, b). */
  List<Operand<TFloat32>> shares() {
    return shares;
  }

  /** Returns those of each region's basis, or of the only one, (b, k²·C·O/a). */
  List<Operand<TFloat32>> bases() {
    return bases;
  }
}
