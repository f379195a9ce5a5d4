package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.fusion.CentredMap;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.initializer.Constant;
import dev.recal.ops.initializer.Initializer;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Batch normalisation: y = γ (x − μ) / √(v + ε) + β per channel.
 *
 * <p>Ioffe and Szegedy 2015 (arXiv 1502.03167). In training μ and v are the batch's mean and biased
 * variance over N, H and W, and the moving ones follow with the unbiased variance; in inference the
 * moving ones are used. Takes maps (N, H, W, C) and matrices (N, C).
 *
 * <p>Variables: {@code gamma}, {@code beta}, {@code moving_mean}, {@code moving_variance}, each
 * (C).
 *
 * @param epsilon ε, not negative
 * @param decay the share of the moving statistics that a step keeps (PyTorch's momentum is 1 −
 *     decay)
 * @param gamma the initial value of γ
 * @param decayed whether weight decay may apply to γ and β
 */
public record BatchNorm(float epsilon, float decay, float gamma, boolean decayed) implements Norm {

  /** Rejects negative epsilons and decays outside [0, 1]. */
  public BatchNorm {
    Epsilon.require(epsilon);
    BatchStatistics.requireDecay(decay);
  }

  /** ε 1e-5, decay 0.9. */
  public static BatchNorm defaults() {
    return new BatchNorm(1e-5f, 0.9f, 1f, true);
  }

  /** Returns a copy exempt from weight decay. */
  public BatchNorm undecayed() {
    return new BatchNorm(epsilon, decay, gamma, false);
  }

  @Override
  public BatchNorm zeroInitialised() {
    return new BatchNorm(epsilon, decay, 0f, decayed);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return build(context, x, new Constant(gamma));
  }

  /**
   * Adds this layer with the given initial values of γ instead of {@link #gamma()}.
   *
   * @param gammas its initial values, for example N(1, 0.02²) in the synthesis networks
   */
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, Initializer gammas) {
    boolean matrix = x.shape().numDimensions() == 2;
    int channels = matrix ? Shapes.features(x) : Shapes.channels(x);
    Operand<TFloat32> scale = affine(context, "gamma", channels, gammas);
    Operand<TFloat32> offset = offset(context, channels);
    BatchStatistics statistics = BatchStatistics.of(context, channels, epsilon, decay);
    return statistics.normalise(context, x, scale, offset);
  }

  @Override
  public Optional<FoldedMap> fold(BuildContext context, Operand<TFloat32> x) {
    if (!context.training() || !CentredMap.supports(x)) {
      return Optional.empty();
    }
    int channels = Shapes.channels(x);
    Operand<TFloat32> scale = affine(context, "gamma", channels, new Constant(gamma));
    Operand<TFloat32> offset = offset(context, channels);
    BatchStatistics stored = BatchStatistics.of(context, channels, epsilon, decay);
    CentredMap map = CentredMap.of(context.tf(), x);
    FoldedStatistics statistics = FoldedStatistics.of(context, map, stored);
    return Optional.of(statistics.fold(context.tf(), map, scale, offset));
  }

  private Operand<TFloat32> offset(BuildContext context, int channels) {
    return affine(context, "beta", channels, Initializer.zeros());
  }

  private Operand<TFloat32> affine(
      BuildContext context, String name, int channels, Initializer initializer) {
    Shape shape = Shape.of(channels);
    return context.variable(new VariableSpec(name, shape, initializer, true, decayed)).read();
  }
}
