package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Constant;
import dev.recal.ops.initializer.Initializer;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Switchable normalisation, SN: y = γ (x − Σ wᵢ μᵢ) / √(Σ w'ᵢ vᵢ + ε) + β, over the means and
 * variances of instance, layer and batch norm; w and w' are softmaxes of three learned values each.
 *
 * <p>Luo et al. 2019, "Differentiable Learning-to-Normalize via Switchable Normalization" (arXiv
 * 1806.10779); official code: github switchablenorms/Switchable-Normalization. In training the
 * batch statistics are used and update the moving ones; in inference the moving ones are used. Two
 * differences from the code: it divides the instance variance by HW − 1, from which it derives the
 * others, and the paper, as here, by HW; and its moving variance follows the biased batch variance,
 * here the unbiased one, as in {@link BatchNorm}. So with all weight on one kind this is that norm
 * exactly.
 *
 * <p>Variables: {@code gamma}, {@code beta} (C); {@code mean_weight}, {@code variance_weight} (3)
 * for instance, layer and batch, initially 1; {@code moving_mean}, {@code moving_variance} (C). 2C
 * + 6 parameters. Publishes both softmaxes by the names of their variables.
 *
 * @param epsilon added to the variance, not negative
 * @param decay the share of the moving statistics that a step keeps
 * @param gamma the initial value of γ
 */
public record SwitchableNorm(float epsilon, float decay, float gamma) implements Norm {

  /** Rejects negative epsilons and decays outside [0, 1]. */
  public SwitchableNorm {
    Epsilon.require(epsilon);
    BatchStatistics.requireDecay(decay);
  }

  /** ε 1e-5, decay 0.9. */
  public static SwitchableNorm defaults() {
    return new SwitchableNorm(1e-5f, 0.9f, 1f);
  }

  @Override
  public SwitchableNorm zeroInitialised() {
    return new SwitchableNorm(epsilon, decay, 0f);
  }

  /** A mean and a variance that broadcast over a map. */
  private record Statistics(Operand<TFloat32> mean, Operand<TFloat32> variance) {}

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Ops tf = context.tf();
    Shape shape = Shape.of(channels);
    Operand<TFloat32> scale = context.weight("gamma", shape, new Constant(gamma));
    Operand<TFloat32> offset = context.weight("beta", shape, Initializer.zeros());
    List<Operand<TFloat32>> means = weights(context, "mean_weight");
    List<Operand<TFloat32>> variances = weights(context, "variance_weight");
    BatchStatistics stored = BatchStatistics.of(context, channels, epsilon, decay);
    Statistics instance = instance(tf, x);
    Statistics layer = pooled(tf, instance, 3);
    Statistics batch =
        context.training()
            ? followed(context, x, ofAllReplicas(context, pooled(tf, instance, 0)), stored)
            : new Statistics(stored.mean().read(), stored.variance().read());
    Operand<TFloat32> mean = mixed(tf, means, List.of(instance.mean(), layer.mean(), batch.mean()));
    Operand<TFloat32> variance =
        mixed(tf, variances, List.of(instance.variance(), layer.variance(), batch.variance()));
    Operand<TFloat32> root =
        tf.math.pow(tf.math.add(variance, tf.constant(epsilon)), tf.constant(-0.5f));
    return tf.math.add(tf.math.mul(tf.math.sub(x, mean), tf.math.mul(root, scale)), offset);
  }

  private static List<Operand<TFloat32>> weights(BuildContext context, String name) {
    Ops tf = context.tf();
    Operand<TFloat32> logits = context.weight(name, Shape.of(3), Initializer.ones());
    Operand<TFloat32> row = tf.reshape(logits, tf.constant(new int[] {1, 3}));
    Operand<TFloat32> weights = tf.nn.softmax(row);
    context.publish(name, weights);
    return List.copyOf(tf.split(tf.constant(1), weights, 3L).output());
  }

  private static Statistics instance(Ops tf, Operand<TFloat32> x) {
    Operand<TInt32> axes = tf.constant(new int[] {1, 2});
    Operand<TFloat32> mean = tf.math.mean(x, axes, Mean.keepDims(true));
    Operand<TFloat32> squares = tf.math.square(tf.math.sub(x, mean));
    return new Statistics(mean, tf.math.mean(squares, axes, Mean.keepDims(true)));
  }

  // Sets of equal sizes: the variance of all is the mean of the variances and the variance of the
  // means.
  private static Statistics pooled(Ops tf, Statistics parts, int axis) {
    Operand<TInt32> along = tf.constant(axis);
    Operand<TFloat32> mean = tf.math.mean(parts.mean(), along, Mean.keepDims(true));
    Operand<TFloat32> between = tf.math.square(tf.math.sub(parts.mean(), mean));
    return new Statistics(
        mean, tf.math.mean(tf.math.add(parts.variance(), between), along, Mean.keepDims(true)));
  }

  private static Statistics ofAllReplicas(BuildContext context, Statistics own) {
    if (context.batchStatisticsReplicas().isSingle()) {
      return own;
    }
    Ops tf = context.tf();
    BatchMoments all =
        BatchMoments.of(
            tf,
            context.batchStatisticsReplicas(),
            vector(tf, own.mean()),
            vector(tf, own.variance()));
    return new Statistics(
        tf.dtypes.cast(all.mean(), TFloat32.class), tf.dtypes.cast(all.variance(), TFloat32.class));
  }

  private static Operand<TFloat64> vector(Ops tf, Operand<TFloat32> values) {
    return tf.dtypes.cast(tf.reshape(values, tf.constant(new int[] {-1})), TFloat64.class);
  }

  private Statistics followed(
      BuildContext context, Operand<TFloat32> x, Statistics batch, BatchStatistics stored) {
    Ops tf = context.tf();
    Operand<TInt32> vector = tf.constant(new int[] {-1});
    context.movingAverage(stored.mean(), tf.reshape(batch.mean(), vector), decay);
    Operand<TFloat32> unbiased =
        Moments.unbiased(tf, tf.reshape(batch.variance(), vector), Moments.count(context, x, 3));
    context.movingAverage(stored.variance(), unbiased, decay);
    return batch;
  }

  private static Operand<TFloat32> mixed(
      Ops tf, List<Operand<TFloat32>> weights, List<Operand<TFloat32>> values) {
    Operand<TFloat32> sum = tf.math.mul(values.get(0), weights.get(0));
    for (int i = 1; i < values.size(); i++) {
      sum = tf.math.add(sum, tf.math.mul(values.get(i), weights.get(i)));
    }
    return sum;
  }
}
