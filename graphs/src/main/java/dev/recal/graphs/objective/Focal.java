package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * −α Σ<sub>c</sub> t<sub>c</sub> (1 − p<sub>c</sub>)<sup>γ</sup> log p<sub>c</sub> of the softmax
 * p: images that are classified with confidence count less.
 *
 * <p>Lin, Goyal, Girshick, He, Dollár 2017, "Focal Loss for Dense Object Detection" (arXiv
 * 1708.02002), equation 5, which has a sigmoid and two classes; {@link BinaryFocal} is that one.
 * With a softmax α is one factor for all classes, as in Keras's {@code
 * CategoricalFocalCrossentropy} (0.25 there); a factor for each class is the recipe's {@code
 * classWeights}.
 *
 * @param gamma γ, at least 0; with 0 it is the cross entropy
 * @param alpha α, positive
 */
public record Focal(double gamma, double alpha) implements Loss {

  /** Rejects settings out of range. */
  public Focal {
    Arguments.require(gamma >= 0 && gamma < 100, "gamma", "from 0 to less than 100", gamma);
    Arguments.positive("alpha", alpha);
  }

  /** γ = 2, α = 1. */
  public static Focal defaults() {
    return new Focal(2, 1);
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    Operand<TFloat32> logarithms = tf.nn.logSoftmax(outputs);
    Operand<TFloat32> entropies = tf.math.mul(targets, logarithms);
    Operand<TFloat32> terms = FocalWeights.times(tf, entropies, tf.math.exp(logarithms), gamma);
    return tf.math.mul(tf.sum(terms, tf.constant(1)), tf.constant((float) -alpha));
  }
}
