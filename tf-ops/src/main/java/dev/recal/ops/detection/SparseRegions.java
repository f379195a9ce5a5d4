package dev.recal.ops.detection;

import dev.recal.ops.gradient.CompositeGradient;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.sparse.SparseTensorDenseMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * RoIAlign of one map as a product: of a sparse matrix with a row for each bin and a column for
 * each pixel, and the map as a matrix with a row for each pixel. The gradient of the map is the
 * product of the transposed sparse matrix and the gradient of the bins. TensorFlow has no gradient
 * of this product in C++. On a CPU it computes each product in one thread, so that equal runs have
 * equal results. On a GPU it rejects products of 2³¹ entries times channels, which are thousands of
 * regions of 14×14 bins.
 */
final class SparseRegions {

  private final Ops tf;
  private final RoiAlign settings;
  private final Operand<TFloat32> map;
  private final int channels;

  SparseRegions(Ops tf, RoiAlign settings, Operand<TFloat32> map, int channels) {
    this.tf = tf;
    this.settings = settings;
    this.map = map;
    this.channels = channels;
  }

  /**
   * The entries of a sparse matrix.
   *
   * @param indices (entries, 2): rows and columns
   * @param values (entries)
   */
  private record Entries(Operand<TInt32> indices, Operand<TFloat32> values) {}

  /**
   * Pools.
   *
   * @param images (R)
   * @return (R · size², C)
   */
  Operand<TFloat32> build(RoiAlign.Region region, Operand<TInt32> images) {
    Entries entries = entries(region, images);
    Operand<TFloat32> pixels = tf.reshape(map, tf.constant(new int[] {-1, channels}));
    Operand<TInt64> bins =
        tf.math.mul(
            tf.size(images, TInt64.class), tf.constant((long) settings.size() * settings.size()));
    Operand<TFloat32> product =
        tf.sparse.sparseTensorDenseMatMul(
            entries.indices(), entries.values(), tf.stack(List.of(bins, rows(tf, pixels))), pixels);
    // Saved values are float32; the bits of the indices pass unchanged.
    return CompositeGradient.define(
        tf,
        product,
        List.of(pixels),
        List.of(entries.values(), tf.bitcast(entries.indices(), TFloat32.class)),
        SparseRegions::backward);
  }

  private static List<Operand<TFloat32>> backward(Ops tf, CompositeGradient.Call call) {
    Operand<TFloat32> gradient = call.outputGradient();
    return List.of(
        tf.sparse.sparseTensorDenseMatMul(
            tf.bitcast(call.saved(1), TInt32.class),
            call.saved(0),
            tf.stack(List.of(rows(tf, gradient), rows(tf, call.input(0)))),
            gradient,
            SparseTensorDenseMatMul.adjointA(true)));
  }

  private static Operand<TInt64> rows(Ops tf, Operand<TFloat32> matrix) {
    Operand<TInt32> zero = tf.constant(0);
    return tf.gather(tf.shape(matrix, TInt64.class), zero, zero);
  }

  // Neighbouring samples share pixels. Taps are merged and entries of 0 left out, because a product
  // takes longer than this.
  private Entries entries(RoiAlign.Region region, Operand<TInt32> images) {
    MapSize size = MapSize.of(tf, map);
    Taps y = Taps.of(tf, settings, region.y(), region.height(), size.rows()).merged(tf);
    Taps x = Taps.of(tf, settings, region.x(), region.width(), size.columns()).merged(tf);
    Operand<TInt32> line =
        tf.math.add(
            tf.math.mul(expanded(images, 1, 2), size.rows()),
            tf.stack(y.indices(), Stack.axis(2L)));
    // Each (R, size, size, taps, taps).
    Operand<TInt32> pixels =
        tf.math.add(
            expanded(tf.math.mul(line, size.columns()), 2, 4),
            expanded(tf.stack(x.indices(), Stack.axis(2L)), 1, 3));
    Operand<TFloat32> weights =
        tf.math.mul(
            expanded(tf.stack(y.weights(), Stack.axis(2L)), 2, 4),
            expanded(tf.stack(x.weights(), Stack.axis(2L)), 1, 3));
    Operand<TInt32> all = tf.constant(new int[] {-1});
    Operand<TFloat32> flat = tf.reshape(weights, all);
    Operand<TInt32> used = tf.dtypes.cast(tf.reshape(tf.where(flat), all), TInt32.class);
    Operand<TInt32> axis = tf.constant(0);
    Operand<TInt32> bin = tf.math.div(used, tf.constant(y.count() * x.count()));
    Operand<TInt32> pixel = tf.gather(tf.reshape(pixels, all), used, axis);
    return new Entries(tf.stack(List.of(bin, pixel), Stack.axis(1L)), tf.gather(flat, used, axis));
  }

  private <T extends TType> Operand<T> expanded(Operand<T> x, int first, int second) {
    return tf.expandDims(tf.expandDims(x, tf.constant(first)), tf.constant(second));
  }
}
