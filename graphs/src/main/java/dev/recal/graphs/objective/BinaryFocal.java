package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The mean over the classes of −α<sub>t</sub> (1 − p<sub>t</sub>)<sup>γ</sup> log p<sub>t</sub>,
 * where p<sub>t</sub> is σ(x) for a class that an image has and 1 − σ(x) for another, and
 * α<sub>t</sub> is α and 1 − α: for images with any number of classes.
 *
 * <p>Lin, Goyal, Girshick, He, Dollár 2017, "Focal Loss for Dense Object Detection" (arXiv
 * 1708.02002), equation 5. Targets between 0 and 1, which are smoothed or mixed, blend
 * p<sub>t</sub> and α<sub>t</sub>, as in torchvision's {@code sigmoid_focal_loss}.
 *
 * @param gamma γ, at least 0
 * @param alpha α, above 0 and below 1
 */
public record BinaryFocal(double gamma, double alpha) implements Loss {

  /** Rejects settings out of range. */
  public BinaryFocal {
    Arguments.require(gamma >= 0 && gamma < 100, "gamma", "from 0 to less than 100", gamma);
    Arguments.require(alpha > 0 && alpha < 1, "alpha", "more than 0 and less than 1", alpha);
  }

  /** The paper's: γ = 2, α = 0.25. */
  public static BinaryFocal defaults() {
    return new BinaryFocal(2, 0.25);
  }

  @Override
  public OutputKind outputs() {
    return OutputKind.SEVERAL_CLASSES;
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    Operand<TFloat32> entropies = BinaryCrossEntropy.entropies(tf, outputs, targets, 1);
    Operand<TFloat32> probabilities =
        blend(tf, targets, tf.math.sigmoid(outputs), tf.math.sigmoid(tf.math.neg(outputs)));
    Operand<TFloat32> weights =
        blend(tf, targets, tf.constant((float) alpha), tf.constant((float) (1 - alpha)));
    Operand<TFloat32> terms =
        tf.math.mul(weights, FocalWeights.times(tf, entropies, probabilities, gamma));
    return tf.math.mean(terms, tf.constant(1));
  }

  private static Operand<TFloat32> blend(
      Ops tf, Operand<TFloat32> targets, Operand<TFloat32> present, Operand<TFloat32> absent) {
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), targets);
    return tf.math.add(tf.math.mul(targets, present), tf.math.mul(rest, absent));
  }
}
