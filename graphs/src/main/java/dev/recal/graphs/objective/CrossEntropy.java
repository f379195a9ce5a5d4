package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;

/** −Σ<sub>c</sub> t<sub>c</sub> log p<sub>c</sub> of the softmax p. */
public record CrossEntropy() implements Loss {

  /** The only one. */
  public static CrossEntropy defaults() {
    return new CrossEntropy();
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    return SoftmaxCrossEntropyWithLogits.create(context.tf().scope(), outputs, targets).loss();
  }
}
