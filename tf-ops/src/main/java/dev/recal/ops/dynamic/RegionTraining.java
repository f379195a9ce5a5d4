package dev.recal.ops.dynamic;

import dev.recal.ops.conv.Window;
import dev.recal.ops.gradient.CompositeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The output with its gradients for the map, the guide and the filters. They are computed in
 * chains, region by region or image by image: patches are gathered and filters generated again
 * where they are needed, and their gradients are reduced to those of the generator at once.
 * TensorFlow's own gradients keep and compute all of them at the same time.
 *
 * <p>In training the output is chosen from the results of all regions where the guide needs them
 * anyway, see {@link RegionResults}; these are kept. Otherwise they are computed in the backward
 * pass.
 *
 * @param results form of the results of all regions
 * @param kept whether they are computed in the forward pass
 * @param groups of images for {@link MatrixGradients}
 * @param filters builds the filters from their sources
 * @param shape of x, static or not
 * @param window of the layer
 * @param pixels P if known, otherwise 0
 */
record RegionTraining(
    RegionResults results,
    boolean kept,
    long groups,
    Function<List<Operand<TFloat32>>, Filters> filters,
    Shape shape,
    Window window,
    long pixels) {

  /**
   * Adds the output.
   *
   * @param x (N, H, W, C)
   * @param guide (N, H', W', m)
   * @param regions (N·P): the region of each output pixel
   * @param result the output's static shape
   * @param training whether gradients are likely to be computed
   */
  static Operand<TFloat32> of(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> guide,
      Operand<TInt32> regions,
      Filters filters,
      Window window,
      Shape result,
      boolean training) {
    Shape shape = x.shape();
    RegionResults results = RegionResults.of(shape, window, filters);
    RegionTraining layer =
        new RegionTraining(
            results,
            training && results != RegionResults.NONE,
            MatrixGradients.groups(shape, window, filters),
            filters.form(),
            shape,
            window,
            Settings.pixels(result));
    return layer.build(tf, x, guide, regions, filters, result);
  }

  Operand<TFloat32> build(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> guide,
      Operand<TInt32> regions,
      Filters own,
      Shape result) {
    PatchGrid grid = PatchGrid.of(tf, x, shape, window);
    List<Operand<TFloat32>> saved = new ArrayList<>();
    saved.add(tf.dtypes.cast(regions, TFloat32.class));
    Operand<TFloat32> rows;
    if (kept) {
      List<Operand<TFloat32>> parts = results.of(tf, x, shape, window, own);
      saved.addAll(parts);
      Operand<TInt32> pairs = RegionProduct.groups(tf, grid, regions, own.regions());
      rows = results.chosen(tf, parts, own, regions, pairs);
    } else {
      rows = RegionProduct.of(tf, grid, own, regions, own.regions(), pixels);
    }
    List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(x, guide));
    inputs.addAll(own.sources());
    Operand<TFloat32> y = tf.reshape(rows, grid.shape(tf, result));
    return CompositeGradient.define(tf, y, inputs, saved, this::gradients);
  }

  private List<Operand<TFloat32>> gradients(Ops tf, CompositeGradient.Call call) {
    Operand<TFloat32> x = call.input(0);
    Filters own = filters.apply(call.inputs().subList(2, call.inputs().size()));
    Operand<TInt32> regions = tf.dtypes.cast(call.saved(0), TInt32.class);
    Operand<TFloat32> upstream =
        tf.reshape(call.outputGradient(), tf.constant(new int[] {-1, own.outputs()}));
    if (results == RegionResults.NONE) {
      MatrixGradients found =
          MatrixGradients.of(tf, x, shape, window, groups, (PooledFilters) own, regions, upstream);
      return all(tf, call, found.gains(), found.map(), found.sources());
    }
    PatchGrid grid = PatchGrid.of(tf, x, shape, window);
    List<Operand<TFloat32>> parts =
        kept ? call.saved().subList(1, call.saved().size()) : results.of(tf, x, shape, window, own);
    boolean mixed = results == RegionResults.EXPERTS;
    int width = mixed ? own.width() : own.regions();
    Operand<TFloat32> products = RegionResults.products(tf, parts, upstream, width);
    Operand<TFloat32> gains = results.gains(tf, products, own, grid.images());
    Chain chain = new Chain(tf);
    chain.end(gains);
    Operand<TInt32> pairs = RegionProduct.groups(tf, grid, regions, own.regions());
    if (mixed && ExpertGradients.suits(pixels, own, window)) {
      ExpertGradients found =
          ExpertGradients.of(tf, x, grid, window, (ExpertFilters) own, pairs, upstream, chain);
      Operand<TFloat32> shares = shares(tf, products, pairs, grid, own);
      return all(tf, call, gains, found.map(), List.of(shares, found.kernels()));
    }
    TileGradients found = TileGradients.of(tf, grid, own, regions, upstream, !mixed, chain);
    Operand<TFloat32> map = PatchGrid.unpadded(tf, found.map(), x, window);
    List<Operand<TFloat32>> sources =
        mixed
            ? List.of(shares(tf, products, pairs, grid, own), found.bases().get(0))
            : own.gradients(tf, found.shares(), found.bases());
    return all(tf, call, gains, map, sources);
  }

  // The experts' products, summed over the pixels of each region.
  private static Operand<TFloat32> shares(
      Ops tf, Operand<TFloat32> products, Operand<TInt32> pairs, PatchGrid grid, Filters filters) {
    Operand<TInt32> count = tf.math.mul(grid.images(), tf.constant(filters.regions()));
    return tf.math.unsortedSegmentSum(products, pairs, count);
  }

  private static List<Operand<TFloat32>> all(
      Ops tf,
      CompositeGradient.Call call,
      Operand<TFloat32> gains,
      Operand<TFloat32> map,
      List<Operand<TFloat32>> sources) {
    List<Operand<TFloat32>> found = new ArrayList<>();
    found.add(map);
    found.add(GuideSurrogate.gradient(tf, call.input(1), gains));
    found.addAll(sources);
    return found;
  }
}
