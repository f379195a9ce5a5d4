package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.initializer.Constant;
import dev.recal.ops.initializer.Initializer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * The batch norms of several scopes over one map as one operation: of C channels the i-th scope
 * owns the i-th equal share, with variables of its own. See {@link BatchNorm} for the formula.
 *
 * <p>A bias before a batch norm takes no pass over the map here. It shifts x and its mean alike, so
 * the result does not depend on it: in training it moves the stored mean only and its gradient is
 * exactly 0; in inference it joins β.
 *
 * @param settings ε, decay, the first γ and whether weight decay applies
 */
public record JointBatchNorm(BatchNorm settings) {

  /** Refuses missing settings. */
  public JointBatchNorm {
    Objects.requireNonNull(settings, "settings");
  }

  /** ε 1e-5, decay 0.9. */
  public static JointBatchNorm defaults() {
    return new JointBatchNorm(BatchNorm.defaults());
  }

  /**
   * Adds the norm to the graph.
   *
   * @param context where operations go
   * @param scopes where the variables go; their number divides C
   * @param x a map (N, H, W, C) or a matrix (N, C)
   * @param bias (C), to be added to {@code x} before
   * @return the normalised x, of its shape
   */
  public Operand<TFloat32> build(
      BuildContext context,
      List<BuildContext> scopes,
      Operand<TFloat32> x,
      Optional<Operand<TFloat32>> bias) {
    boolean matrix = x.shape().numDimensions() == 2;
    int channels = matrix ? Shapes.features(x) : Shapes.channels(x);
    if (scopes.isEmpty() || channels % scopes.size() != 0) {
      throw new IllegalArgumentException(
          "scopes: expected a divisor of the "
              + channels
              + " channels, but "
              + scopes.size()
              + " came.");
    }
    Ops tf = context.tf();
    Shape share = Shape.of(channels / scopes.size());
    Constant gamma = new Constant(settings.gamma());
    Operand<TFloat32> scale = joined(tf, affine(scopes, "gamma", share, gamma));
    Operand<TFloat32> offset = joined(tf, affine(scopes, "beta", share, Initializer.zeros()));
    List<Variable<TFloat32>> means = statistics(scopes, "moving_mean", Initializer.zeros(), share);
    List<Variable<TFloat32>> variances =
        statistics(scopes, "moving_variance", Initializer.ones(), share);
    if (!context.training()) {
      Operand<TFloat32> mean = joined(tf, means.stream().map(Variable::read).toList());
      Operand<TFloat32> variance = joined(tf, variances.stream().map(Variable::read).toList());
      return stored(tf, x, scale, shifted(tf, scale, offset, variance, bias), mean, variance);
    }
    // Training does not read the bias; optimisers need to reach it all the same.
    Operand<TFloat32> reached =
        bias.<Operand<TFloat32>>map(
                b -> tf.math.add(offset, tf.math.mul(b, tf.constant(new float[channels]))))
            .orElse(offset);
    Batch batch = ofBatch(tf, x, scale, reached);
    Operand<TFloat32> mean =
        bias.<Operand<TFloat32>>map(b -> tf.math.add(batch.mean(), b)).orElse(batch.mean());
    follow(tf, scopes, means, mean);
    follow(tf, scopes, variances, batch.variance());
    return batch.y();
  }

  /** A normalised batch; the variance divides by one less than the number of values. */
  private record Batch(Operand<TFloat32> y, Operand<TFloat32> mean, Operand<TFloat32> variance) {}

  private Batch ofBatch(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> scale, Operand<TFloat32> offset) {
    if (x.shape().numDimensions() == 2 || isSinglePixel(x)) {
      Moments moments = Moments.of(tf, x);
      Operand<TFloat32> normal = moments.normalise(tf, settings.epsilon());
      Operand<TFloat32> y = tf.math.add(tf.math.mul(normal, scale), offset);
      return new Batch(y, moments.singleMean(tf), moments.unbiasedVariance(tf, x));
    }
    Operand<TFloat32> empty = tf.constant(new float[0]);
    FusedBatchNorm<TFloat32, TFloat32> norm =
        tf.nn.fusedBatchNorm(
            x, scale, offset, empty, empty, FusedBatchNorm.epsilon(settings.epsilon()));
    return new Batch(norm.y(), norm.batchMean(), norm.batchVariance());
  }

  // The fused kernel has no gradient for the stored mean, so a bias b joins the offset as
  // b·γ/√(v+ε).
  private Operand<TFloat32> shifted(
      Ops tf,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      Operand<TFloat32> variance,
      Optional<Operand<TFloat32>> bias) {
    if (bias.isEmpty()) {
      return offset;
    }
    Operand<TFloat32> root = tf.math.rsqrt(tf.math.add(variance, tf.constant(settings.epsilon())));
    return tf.math.add(offset, tf.math.mul(bias.get(), tf.math.mul(scale, root)));
  }

  private Operand<TFloat32> stored(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      Operand<TFloat32> mean,
      Operand<TFloat32> variance) {
    boolean matrix = x.shape().numDimensions() == 2;
    int channels = matrix ? Shapes.features(x) : 0;
    Operand<TFloat32> y =
        tf.nn
            .fusedBatchNorm(
                matrix ? tf.reshape(x, tf.constant(new int[] {-1, 1, 1, channels})) : x,
                scale,
                offset,
                mean,
                variance,
                FusedBatchNorm.epsilon(settings.epsilon()),
                FusedBatchNorm.isTraining(false))
            .y();
    return matrix ? tf.reshape(y, tf.constant(new int[] {-1, channels})) : y;
  }

  private void follow(
      Ops tf,
      List<BuildContext> scopes,
      List<Variable<TFloat32>> variables,
      Operand<TFloat32> values) {
    int count = scopes.size();
    if (count == 1) {
      scopes.get(0).movingAverage(variables.get(0), values, settings.decay());
      return;
    }
    List<Output<TFloat32>> shares = tf.split(tf.constant(0), values, (long) count).output();
    for (int i = 0; i < count; i++) {
      scopes.get(i).movingAverage(variables.get(i), shares.get(i), settings.decay());
    }
  }

  private static boolean isSinglePixel(Operand<TFloat32> x) {
    return Shapes.hasStaticSize(x) && Shapes.height(x) == 1 && Shapes.width(x) == 1;
  }

  private List<Operand<TFloat32>> affine(
      List<BuildContext> scopes, String name, Shape shape, Initializer initializer) {
    VariableSpec spec = new VariableSpec(name, shape, initializer, true, settings.decayed());
    return scopes.stream().map(scope -> scope.variable(spec).read()).toList();
  }

  private static List<Variable<TFloat32>> statistics(
      List<BuildContext> scopes, String name, Initializer initializer, Shape shape) {
    return scopes.stream().map(scope -> scope.statistic(name, shape, initializer)).toList();
  }

  private static Operand<TFloat32> joined(Ops tf, List<Operand<TFloat32>> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : tf.reshape(tf.stack(parts, Stack.axis(0L)), tf.constant(new int[] {-1}));
  }
}
