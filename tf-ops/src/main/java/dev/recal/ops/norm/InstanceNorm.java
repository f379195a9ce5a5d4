package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Instance normalisation: mean and biased variance over H and W, per sample and channel.
 *
 * <p>Ulyanov et al. 2016 (arXiv 1607.08022). Group normalisation with one channel per group.
 * Variables: {@code gamma}, {@code beta}, each (C).
 *
 * @param epsilon added to the variance, not negative
 * @param gamma the initial value of γ
 */
public record InstanceNorm(float epsilon, float gamma) implements Norm {

  /** Rejects negative epsilons. */
  public InstanceNorm {
    Epsilon.require(epsilon);
  }

  /** ε 1e-5. */
  public static InstanceNorm defaults() {
    return new InstanceNorm(1e-5f, 1f);
  }

  @Override
  public InstanceNorm zeroInitialised() {
    return new InstanceNorm(epsilon, 0f);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return new GroupNorm(Shapes.channels(x), epsilon, gamma).build(context, x);
  }
}
