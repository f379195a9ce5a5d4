package dev.recal.ops.dynamic;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Products;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.initializer.Repeated;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.AdaptiveAveragePool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The paper's generator: adaptive average pooling to k×k, a 1×1 convolution C → m², σ, and a 1×1
 * convolution in m groups m² → m·O·C with the output channels in the order (region, out, in).
 *
 * <p>Tap t of a region's filter is therefore Σ_i s_{n,t,j,i} · E_{i,j} + b_j, a mixture of m + 1
 * matrices (O, C) that all images share. Products with these matrices avoid expanding the filters.
 *
 * <p>Variables: {@code generator/squeeze/*}, {@code generator/expand/*} with the kernel (1, 1, m,
 * m·O·C). First values, which the paper leaves open: the expand kernel such that a generated filter
 * has the variance 2/(k²·C) at s = ½, with the same matrices for all regions unless it is told
 * otherwise, biases 0. Independent matrices divide the map among unrelated filters, which learn
 * slowly.
 *
 * @param shares (N, k², m, m): s, by tap, region and matrix
 * @param matrices (m, m·O·C): E, by matrix and (region, out, in)
 * @param constants (m·O·C): b
 * @param regions m
 * @param area k²
 * @param channels C
 * @param outputs O
 */
record PooledFilters(
    Operand<TFloat32> shares,
    Operand<TFloat32> matrices,
    Operand<TFloat32> constants,
    int regions,
    int area,
    int channels,
    int outputs)
    implements Filters {

  static PooledFilters of(
      BuildContext context,
      Operand<TFloat32> x,
      int channels,
      int kernel,
      int regions,
      int outputs,
      boolean equalStart) {
    BuildContext generator = context.at("generator");
    Ops tf = generator.tf();
    int area = kernel * kernel;
    // Pooling is not counted, though it may be a product.
    generator.multiplyAdds(0);
    Operand<TFloat32> hidden =
        Conv2d.of(regions * regions, 1)
            .biased()
            .initializer(VarianceScaling.uniformFanIn())
            .build(generator.at("squeeze"), AdaptiveAveragePool.pool(tf, x, kernel));
    int wide = Math.multiplyExact(regions, Math.multiplyExact(outputs, channels));
    BuildContext expand = generator.at("expand");
    float deviation = (float) Math.sqrt(8.0 / ((double) regions * area * channels));
    Operand<TFloat32> matrices =
        expand.weight(
            "kernel",
            Shape.of(1, 1, regions, wide),
            new Repeated(new Normal(0f, deviation), equalStart ? regions : 1));
    return new PooledFilters(
        tf.reshape(tf.math.sigmoid(hidden), tf.constant(new int[] {-1, area, regions, regions})),
        tf.reshape(matrices, tf.constant(new int[] {regions, wide})),
        expand.weight("bias", Shape.of(wide), Initializer.zeros()),
        regions,
        area,
        channels,
        outputs);
  }

  @Override
  public List<Operand<TFloat32>> sources() {
    return List.of(shares, matrices, constants);
  }

  @Override
  public Function<List<Operand<TFloat32>>, Filters> form() {
    int m = regions;
    int taps = area;
    int in = channels;
    int out = outputs;
    return others ->
        new PooledFilters(others.get(0), others.get(1), others.get(2), m, taps, in, out);
  }

  @Override
  public Operand<TFloat32> sideBySide(Ops tf) {
    return tf.reshape(
        tf.linalg.transpose(written(tf), tf.constant(new int[] {1, 2, 4, 0, 3})),
        tf.constant(new int[] {-1, area * channels, regions * outputs}));
  }

  // The constant has share 1 everywhere.
  @Override
  public List<Operand<TFloat32>> sharesByRegion(Ops tf) {
    int[][] one = {{0, 0}, {0, 0}, {0, 0}, {0, 1}};
    Operand<TFloat32> whole = tf.pad(shares, tf.constant(one), tf.constant(1f));
    return new ArrayList<>(tf.unstack(whole, (long) regions, Unstack.axis(2L)).output());
  }

  @Override
  public Operand<TFloat32> basis(Ops tf, Operand<TInt32> region) {
    int matrix = outputs * channels;
    Operand<TInt32> from = tf.math.mul(region, tf.constant(matrix));
    Operand<TFloat32> mixed =
        tf.slice(
            matrices,
            tf.stack(List.of(tf.constant(0), from)),
            tf.constant(new int[] {regions, matrix}));
    Operand<TFloat32> constant =
        tf.slice(constants, tf.stack(List.of(from)), tf.constant(new int[] {matrix}));
    Operand<TFloat32> rows =
        tf.concat(List.of(mixed, tf.expandDims(constant, tf.constant(0))), tf.constant(0));
    return turned(tf, rows, outputs, channels);
  }

  @Override
  public Operand<TFloat32> bases(Ops tf) {
    Operand<TFloat32> rows =
        tf.concat(List.of(matrices, tf.expandDims(constants, tf.constant(0))), tf.constant(0));
    int[] shape = {regions + 1, regions, outputs, channels};
    return tf.reshape(
        tf.linalg.transpose(
            tf.reshape(rows, tf.constant(shape)), tf.constant(new int[] {1, 0, 3, 2})),
        tf.constant(new int[] {regions, regions + 1, outputs * channels}));
  }

  @Override
  public boolean sharesBasis() {
    return false;
  }

  @Override
  public List<Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> ofShares, List<Operand<TFloat32>> ofBases) {
    int matrix = outputs * channels;
    List<Operand<TFloat32>> mixed = new ArrayList<>();
    List<Operand<TFloat32>> constant = new ArrayList<>();
    Operand<TInt32> last = tf.constant(new int[] {regions, 0});
    for (Operand<TFloat32> basis : ofBases) {
      Operand<TFloat32> rows = turned(tf, basis, channels, outputs);
      mixed.add(
          tf.slice(rows, tf.constant(new int[] {0, 0}), tf.constant(new int[] {regions, matrix})));
      constant.add(tf.slice(rows, last, tf.constant(new int[] {1, matrix})));
    }
    Operand<TFloat32> whole = tf.stack(ofShares, Stack.axis(2L));
    int[] sizes = {-1, area, regions, regions};
    return List.of(
        tf.slice(whole, tf.constant(new int[4]), tf.constant(sizes)),
        tf.concat(mixed, tf.constant(1)),
        tf.reshape(tf.concat(constant, tf.constant(1)), tf.constant(new int[] {-1})));
  }

  // Transposes the matrix in each row.
  private static Operand<TFloat32> turned(Ops tf, Operand<TFloat32> rows, int height, int width) {
    return tf.reshape(
        tf.linalg.transpose(
            tf.reshape(rows, tf.constant(new int[] {-1, height, width})),
            tf.constant(new int[] {0, 2, 1})),
        tf.constant(new int[] {-1, height * width}));
  }

  @Override
  public int parts() {
    return area;
  }

  @Override
  public int width() {
    return regions + 1;
  }

  // (m, N, k², O, C): one product for each region.
  private Operand<TFloat32> written(Ops tf) {
    int matrix = outputs * channels;
    Operand<TFloat32> byRegion =
        tf.reshape(
            tf.linalg.transpose(shares, tf.constant(new int[] {2, 0, 1, 3})),
            tf.constant(new int[] {regions, -1, regions}));
    Operand<TFloat32> basis =
        tf.linalg.transpose(
            tf.reshape(matrices, tf.constant(new int[] {regions, regions, matrix})),
            tf.constant(new int[] {1, 0, 2}));
    Operand<TFloat32> mixed = Products.batched(tf, byRegion, basis);
    Operand<TFloat32> whole =
        tf.math.add(mixed, tf.reshape(constants, tf.constant(new int[] {regions, 1, matrix})));
    return tf.reshape(whole, tf.constant(new int[] {regions, -1, area, outputs, channels}));
  }
}
