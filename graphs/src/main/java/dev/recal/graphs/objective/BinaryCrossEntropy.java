package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The mean over the classes of −w t log σ(x) − (1 − t) log(1 − σ(x)), for images with any number of
 * classes; PyTorch's {@code BCEWithLogitsLoss} with w as {@code pos_weight}.
 *
 * @param positiveWeight w, by how much a class counts that an image has; above 1 for classes that
 *     few images have
 */
public record BinaryCrossEntropy(double positiveWeight) implements Loss {

  /** Rejects weights that are not positive. */
  public BinaryCrossEntropy {
    Arguments.positive("positiveWeight", positiveWeight);
  }

  /** Without a weight. */
  public static BinaryCrossEntropy defaults() {
    return new BinaryCrossEntropy(1);
  }

  @Override
  public OutputKind outputs() {
    return OutputKind.SEVERAL_CLASSES;
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    return tf.math.mean(entropies(tf, outputs, targets, positiveWeight), tf.constant(1));
  }

  /**
   * (1 − t) x + (1 + (w − 1) t) log(1 + exp(−x)): finite for every x, and unlike the form with
   * max(x, 0) − |x| with the right gradient at 0.
   */
  static Operand<TFloat32> entropies(
      Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets, double weight) {
    Operand<TFloat32> softplus = tf.math.softplus(tf.math.neg(outputs));
    Operand<TFloat32> absent = tf.math.mul(tf.math.sub(tf.constant(1f), targets), outputs);
    if (weight == 1) {
      return tf.math.add(absent, softplus);
    }
    Operand<TFloat32> factors =
        tf.math.add(tf.math.mul(targets, tf.constant((float) (weight - 1))), tf.constant(1f));
    return tf.math.add(absent, tf.math.mul(factors, softplus));
  }
}
