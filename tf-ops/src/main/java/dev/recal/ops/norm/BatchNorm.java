package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.initializer.Constant;
import dev.recal.ops.initializer.Initializer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * Batch normalisation: y = γ (x − μ) / √(v + ε) + β per channel.
 *
 * <p>Ioffe and Szegedy 2015 (arXiv 1502.03167). In training μ and v are the batch's mean and biased
 * variance over N, H and W, and the moving ones follow with the unbiased variance; in inference the
 * moving ones are used. Takes maps (N, H, W, C) and matrices (N, C).
 *
 * <p>Where a channel has one value per sample, as in a gate, the batch statistics are few: training
 * is composed of plain operations there, because the fused kernel's gradient loses digits to
 * cancellation (16 channels, 2 samples: relative error 5e-5 in the median and 1e-3 at worst,
 * composed 9e-6 and 8e-5).
 *
 * <p>Variables: {@code gamma}, {@code beta}, {@code moving_mean}, {@code moving_variance}, each
 * (C).
 *
 * @param epsilon ε, not negative
 * @param decay the share of the moving statistics that a step keeps (PyTorch's momentum is 1 −
 *     decay)
 * @param gamma the first value of γ
 * @param decayed whether weight decay may apply to γ and β
 */
public record BatchNorm(float epsilon, float decay, float gamma, boolean decayed) implements Norm {

  /** Refuses negative epsilons and decays outside [0, 1]. */
  public BatchNorm {
    Epsilon.require(epsilon);
    if (!(decay >= 0 && decay <= 1)) {
      throw new IllegalArgumentException("decay: expected from 0 to 1, but " + decay + " came.");
    }
  }

  /** ε 1e-5, decay 0.9. */
  public static BatchNorm defaults() {
    return new BatchNorm(1e-5f, 0.9f, 1f, true);
  }

  /** The same, exempt from weight decay. */
  public BatchNorm undecayed() {
    return new BatchNorm(epsilon, decay, gamma, false);
  }

  @Override
  public BatchNorm zeroInitialised() {
    return new BatchNorm(epsilon, decay, 0f, decayed);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    boolean matrix = x.shape().numDimensions() == 2;
    Shape shape = Shape.of(matrix ? Shapes.features(x) : Shapes.channels(x));
    Operand<TFloat32> scale = affine(context, "gamma", shape, new Constant(gamma));
    Operand<TFloat32> offset = affine(context, "beta", shape, Initializer.zeros());
    Variable<TFloat32> mean = context.statistic("moving_mean", shape, Initializer.zeros());
    Variable<TFloat32> variance = context.statistic("moving_variance", shape, Initializer.ones());
    Ops tf = context.tf();
    if (context.training() && (matrix || isSinglePixel(x))) {
      Moments moments = Moments.of(tf, x);
      context.movingAverage(mean, moments.singleMean(tf), decay);
      context.movingAverage(variance, moments.unbiasedVariance(tf, x), decay);
      return tf.math.add(tf.math.mul(moments.normalise(tf, epsilon), scale), offset);
    }
    Operand<TFloat32> map =
        matrix ? tf.reshape(x, tf.constant(new int[] {-1, 1, 1, (int) shape.get(0)})) : x;
    FusedBatchNorm<TFloat32, TFloat32> norm =
        context.training()
            ? tf.nn.fusedBatchNorm(
                map, scale, offset, empty(tf), empty(tf), FusedBatchNorm.epsilon(epsilon))
            : tf.nn.fusedBatchNorm(
                map,
                scale,
                offset,
                mean.read(),
                variance.read(),
                FusedBatchNorm.epsilon(epsilon),
                FusedBatchNorm.isTraining(false));
    context.movingAverage(mean, norm.batchMean(), decay);
    context.movingAverage(variance, norm.batchVariance(), decay);
    return matrix
        ? tf.reshape(norm.y(), tf.constant(new int[] {-1, (int) shape.get(0)}))
        : norm.y();
  }

  private static boolean isSinglePixel(Operand<TFloat32> x) {
    return Shapes.hasStaticSize(x) && Shapes.height(x) == 1 && Shapes.width(x) == 1;
  }

  private Operand<TFloat32> affine(
      BuildContext context, String name, Shape shape, Initializer initializer) {
    return context.variable(new VariableSpec(name, shape, initializer, true, decayed)).read();
  }

  private static Operand<TFloat32> empty(Ops tf) {
    return tf.constant(new float[0]);
  }
}
