package dev.recal.ops.dynamic;

import dev.recal.ops.BuildContext;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.pool.GlobalAveragePool;
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
 * W_{n,j} = Σ_e a_{n,j,e} · expert_e with a = 2σ(mean(x)·R + r) / E.
 *
 * <p>Variables: {@code experts} (E, k, k, C, O), {@code routing/kernel} (C, m·E), {@code
 * routing/bias} (m·E).
 *
 * @param shares (N·m, E): a
 * @param kernels (E, k²·C·O)
 * @param experts E
 * @param regions m
 * @param depth k²·C
 * @param outputs O
 */
record ExpertFilters(
    Operand<TFloat32> shares,
    Operand<TFloat32> kernels,
    int experts,
    int regions,
    int depth,
    int outputs)
    implements Filters {

  static ExpertFilters of(
      BuildContext context,
      Operand<TFloat32> x,
      int channels,
      int kernel,
      int regions,
      int experts,
      int outputs) {
    Ops tf = context.tf();
    int depth = kernel * kernel * channels;
    float bound = (float) Math.sqrt(6.0 / depth);
    Operand<TFloat32> kernels =
        context.weight(
            "experts",
            Shape.of(experts, kernel, kernel, channels, outputs),
            new Uniform(-bound, bound));
    BuildContext routing = context.at("routing");
    Operand<TFloat32> logits =
        tf.nn.biasAdd(
            tf.linalg.matMul(
                GlobalAveragePool.mean(tf, x),
                routing.weight(
                    "kernel", Shape.of(channels, regions * experts), new Normal(0f, 0.01f))),
            routing.weight("bias", Shape.of(regions * experts), Initializer.zeros()));
    Operand<TFloat32> shares = tf.math.mul(tf.math.sigmoid(logits), tf.constant(2f / experts));
    return new ExpertFilters(
        tf.reshape(shares, tf.constant(new int[] {-1, experts})),
        tf.reshape(kernels, tf.constant(new int[] {experts, depth * outputs})),
        experts,
        regions,
        depth,
        outputs);
  }

  @Override
  public List<Operand<TFloat32>> sources() {
    return List.of(shares, kernels);
  }

  @Override
  public Function<List<Operand<TFloat32>>, Filters> form() {
    int e = experts;
    int m = regions;
    int rows = depth;
    int columns = outputs;
    return others -> new ExpertFilters(others.get(0), others.get(1), e, m, rows, columns);
  }

  @Override
  public Operand<TFloat32> sideBySide(Ops tf) {
    Operand<TFloat32> filters =
        tf.reshape(
            tf.linalg.matMul(shares, kernels),
            tf.constant(new int[] {-1, regions, depth, outputs}));
    return tf.reshape(
        tf.linalg.transpose(filters, tf.constant(new int[] {0, 2, 1, 3})),
        tf.constant(new int[] {-1, depth, regions * outputs}));
  }

  @Override
  public List<Operand<TFloat32>> sharesByRegion(Ops tf) {
    Operand<TFloat32> byRegion =
        tf.reshape(shares, tf.constant(new int[] {-1, regions, 1, experts}));
    return new ArrayList<>(tf.unstack(byRegion, (long) regions, Unstack.axis(1L)).output());
  }

  @Override
  public Operand<TFloat32> basis(Ops tf, Operand<TInt32> region) {
    return kernels;
  }

  @Override
  public Operand<TFloat32> bases(Ops tf) {
    return tf.expandDims(kernels, tf.constant(0));
  }

  @Override
  public boolean sharesBasis() {
    return true;
  }

  @Override
  public List<Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> ofShares, List<Operand<TFloat32>> ofBases) {
    Operand<TFloat32> byImage = tf.stack(ofShares, Stack.axis(1L));
    return List.of(tf.reshape(byImage, tf.constant(new int[] {-1, experts})), ofBases.get(0));
  }

  @Override
  public int parts() {
    return 1;
  }

  @Override
  public int width() {
    return experts;
  }

  /**
   * Convolves with all experts, which all images share; queries no static shape.
   *
   * @param x (N, H, W, C)
   * @param window without dilation
   * @return (N, H', W', E·O)
   */
  Operand<TFloat32> convolve(Ops tf, Operand<TFloat32> x, Window window, long channels) {
    Operand<TFloat32> byExpert =
        tf.reshape(kernels, tf.constant(new int[] {experts, depth, outputs}));
    int size = window.height();
    Operand<TFloat32> kernel =
        tf.reshape(
            tf.linalg.transpose(byExpert, tf.constant(new int[] {1, 0, 2})),
            tf.constant(new int[] {size, size, (int) channels, experts * outputs}));
    return RegionResults.convolve(tf, RegionResults.padded(tf, x, window), kernel, window);
  }
}
