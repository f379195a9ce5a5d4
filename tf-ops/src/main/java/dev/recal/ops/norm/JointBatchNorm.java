package dev.recal.ops.norm;

import dev.recal.ops.Arguments;
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
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The batch norms of several scopes over one map as one operation: of C channels the i-th scope
 * owns the i-th equal share, with its own variables. See {@link BatchNorm} for the formula.
 *
 * <p>A bias before a batch norm takes no pass over the map here. It shifts x and its mean equally,
 * so in training the result does not depend on it: it only shifts the stored mean, and its gradient
 * is exactly 0.
 *
 * <p>Training uses plain operations on small maps, where the fused kernel's fixed cost is several
 * times theirs, and on single pixels, where its gradient loses digits.
 *
 * @param settings ε, decay and whether weight decay applies
 * @param gamma the initial values of γ, instead of those of the settings
 */
public record JointBatchNorm(BatchNorm settings, Initializer gamma) {

  // Above this size a pass over memory costs more than launching a kernel.
  private static final long SMALL_SIZE = 1 << 16;

  /** Rejects missing settings. */
  public JointBatchNorm {
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(gamma, "gamma");
  }

  /** With the initial γ of the settings. */
  public JointBatchNorm(BatchNorm settings) {
    this(settings, new Constant(settings.gamma()));
  }

  /** ε 1e-5, decay 0.9. */
  public static JointBatchNorm defaults() {
    return new JointBatchNorm(BatchNorm.defaults());
  }

  /**
   * The affine transformation of a batch norm in inference: x ↦ scale · x + shift.
   *
   * @param scale (C)
   * @param shift (C)
   */
  public record Line(Operand<TFloat32> scale, Operand<TFloat32> shift) {}

  /**
   * Adds the norm over the batch statistics, and updates the stored ones.
   *
   * @param context for operations; in training
   * @param scopes of the variables; the number of scopes divides C
   * @param x a map (N, H, W, C) or a matrix (N, C)
   * @param bias (C), to be added to {@code x} before
   * @return the normalised x, of its shape
   */
  public Operand<TFloat32> ofBatch(
      BuildContext context,
      List<BuildContext> scopes,
      Operand<TFloat32> x,
      Optional<Operand<TFloat32>> bias) {
    int channels = x.shape().numDimensions() == 2 ? Shapes.features(x) : Shapes.channels(x);
    Ops tf = context.tf();
    Variables variables = variables(tf, scopes, channels);
    // The bias is not used, but optimisers need a path to it.
    Operand<TFloat32> offset =
        bias.<Operand<TFloat32>>map(
                b ->
                    tf.math.add(
                        variables.offset(), tf.math.mul(b, tf.constant(new float[channels]))))
            .orElse(variables.offset());
    NormalisedBatch batch = normalised(context, x, variables.scale(), offset);
    Operand<TFloat32> mean =
        bias.<Operand<TFloat32>>map(b -> tf.math.add(batch.mean(), b)).orElse(batch.mean());
    follow(tf, scopes, variables.means(), mean);
    follow(tf, scopes, variables.variances(), batch.variance());
    return batch.y();
  }

  /**
   * Adds the norm over the batch statistics with a backward pass that can be differentiated; leaves
   * the stored statistics alone. The statistics are those of this replica's batch: gradients of
   * gradients do not flow through collectives.
   *
   * @param context for operations
   * @param scopes of the variables; the number of scopes divides C
   * @param x a map (N, H, W, C), static, of more than one pixel
   */
  public BatchNormPass pass(BuildContext context, List<BuildContext> scopes, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Arguments.require(
        context.batchStatisticsReplicas().isSingle(),
        "context",
        "the statistics of one replica for a gradient penalty",
        context.batchStatisticsReplicas().size() + " replicas");
    Variables variables = variables(tf, scopes, Shapes.channels(x));
    return BatchNormPass.of(tf, x, variables.scale(), variables.offset(), settings.epsilon());
  }

  /**
   * Returns the norm over the stored statistics, so that a kernel before it can take its scale.
   *
   * @param context for operations; in inference
   * @param scopes of the variables; their number divides {@code channels}
   * @param channels C
   * @param bias (C), to be added to the norm's input before
   */
  public Line stored(
      BuildContext context,
      List<BuildContext> scopes,
      int channels,
      Optional<Operand<TFloat32>> bias) {
    Ops tf = context.tf();
    Variables variables = variables(tf, scopes, channels);
    Operand<TFloat32> variance = joined(tf, reads(variables.variances()));
    Operand<TFloat32> mean = joined(tf, reads(variables.means()));
    Operand<TFloat32> root = tf.math.rsqrt(tf.math.add(variance, tf.constant(settings.epsilon())));
    Operand<TFloat32> scale = tf.math.mul(variables.scale(), root);
    Operand<TFloat32> centre =
        bias.<Operand<TFloat32>>map(b -> tf.math.sub(b, mean)).orElseGet(() -> tf.math.neg(mean));
    return new Line(scale, tf.math.add(variables.offset(), tf.math.mul(centre, scale)));
  }

  /** The variables of all scopes; scale and offset (C). */
  private record Variables(
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      List<Variable<TFloat32>> means,
      List<Variable<TFloat32>> variances) {}

  private Variables variables(Ops tf, List<BuildContext> scopes, int channels) {
    if (scopes.isEmpty() || channels % scopes.size() != 0) {
      throw new IllegalArgumentException(
          "scopes: expected a divisor of the "
              + channels
              + " channels, but got "
              + scopes.size()
              + ".");
    }
    Shape share = Shape.of(channels / scopes.size());
    return new Variables(
        joined(tf, affine(scopes, "gamma", share, gamma)),
        joined(tf, affine(scopes, "beta", share, Initializer.zeros())),
        statistics(scopes, "moving_mean", Initializer.zeros(), share),
        statistics(scopes, "moving_variance", Initializer.ones(), share));
  }

  private NormalisedBatch normalised(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset) {
    Ops tf = context.tf();
    if (x.shape().numDimensions() == 2 || isSinglePixel(x)) {
      Moments moments = Moments.of(context, x);
      Operand<TFloat32> normal = moments.normalise(tf, settings.epsilon());
      Operand<TFloat32> y = tf.math.add(tf.math.mul(normal, scale), offset);
      return new NormalisedBatch(y, moments.singleMean(tf), moments.unbiasedVariance(context, x));
    }
    if (!context.batchStatisticsReplicas().isSingle()) {
      return NormalisedBatch.of(context, x, scale, offset, settings.epsilon());
    }
    long size = x.shape().size();
    if (size != Shape.UNKNOWN_SIZE && size <= SMALL_SIZE) {
      return composed(tf, x, scale, offset);
    }
    return BatchNormKernel.ofBatch(context, x, scale, offset, settings.epsilon());
  }

  private NormalisedBatch composed(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> scale, Operand<TFloat32> offset) {
    Operand<TInt32> axes = tf.constant(new int[] {0, 1, 2});
    Operand<TFloat32> mean = tf.math.mean(x, axes);
    Operand<TFloat32> centred = tf.math.sub(x, mean);
    Operand<TFloat32> variance = tf.math.mean(tf.math.square(centred), axes);
    Operand<TFloat32> root = tf.math.rsqrt(tf.math.add(variance, tf.constant(settings.epsilon())));
    Operand<TFloat32> y = tf.math.add(tf.math.mul(centred, tf.math.mul(root, scale)), offset);
    float count = (float) (x.shape().size() / x.shape().get(3));
    return new NormalisedBatch(y, mean, tf.math.mul(variance, tf.constant(count / (count - 1))));
  }

  private void follow(
      Ops tf,
      List<BuildContext> scopes,
      List<Variable<TFloat32>> variables,
      Operand<TFloat32> values) {
    List<Output<TFloat32>> shares = tf.split(tf.constant(0), values, (long) scopes.size()).output();
    for (int i = 0; i < scopes.size(); i++) {
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

  private static List<Operand<TFloat32>> reads(List<Variable<TFloat32>> variables) {
    return variables.stream().map(Variable::read).toList();
  }

  private static Operand<TFloat32> joined(Ops tf, List<Operand<TFloat32>> parts) {
    return tf.reshape(tf.stack(parts, Stack.axis(0L)), tf.constant(new int[] {-1}));
  }
}
