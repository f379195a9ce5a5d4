package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Layer normalisation of a feature map: mean and biased variance over H, W and C, per sample; then
 * γ and β per channel.
 *
 * <p>Ba et al. 2016 (arXiv 1607.06450), in the form of Wu and He's comparison. Group normalisation
 * with one group. Variables: {@code gamma}, {@code beta}, each (C).
 *
 * @param epsilon added to the variance, not negative
 * @param gamma the initial value of γ
 */
public record LayerNorm(float epsilon, float gamma) implements Norm {

  /** Rejects negative epsilons. */
  public LayerNorm {
    Epsilon.require(epsilon);
  }

  /** ε 1e-5. */
  public static LayerNorm defaults() {
    return new LayerNorm(1e-5f, 1f);
  }

  @Override
  public LayerNorm zeroInitialised() {
    return new LayerNorm(epsilon, 0f);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return new GroupNorm(1, epsilon, gamma).build(context, x);
  }
}
