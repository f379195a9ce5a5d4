package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What the outputs of a network mean, and how they become answers.
 *
 * @param kind one class, several classes or numbers
 * @param scales of numbers, otherwise empty
 */
public record Outputs(OutputKind kind, Optional<NumberScales> scales) {

  /** Rejects scales of classes, and numbers without scales. */
  public Outputs {
    Objects.requireNonNull(kind, "kind");
    Arguments.require(
        scales.isPresent() == (kind == OutputKind.NUMBERS),
        "scales",
        kind == OutputKind.NUMBERS ? "scales of the numbers" : "none for classes",
        scales);
  }

  /** An image has one class. */
  public static Outputs oneClass() {
    return new Outputs(OutputKind.ONE_CLASS, Optional.empty());
  }

  /**
   * Adds what a user is told: probabilities, of several classes each on its own, or numbers.
   *
   * @param outputs of the network, (N, K)
   * @return (N, K)
   */
  public Operand<TFloat32> answers(Ops tf, Operand<TFloat32> outputs) {
    return switch (kind) {
      case ONE_CLASS -> tf.nn.softmax(outputs);
      case SEVERAL_CLASSES -> tf.math.sigmoid(outputs);
      case NUMBERS -> inUnits(tf, outputs);
    };
  }

  /**
   * Adds what metrics are given: numbers in the units of their targets, and outputs or targets of
   * classes unchanged.
   *
   * @param values outputs of the network, or targets of the loss, (N, K)
   */
  public Operand<TFloat32> inUnits(Ops tf, Operand<TFloat32> values) {
    return scales.map(scale -> scale.values(tf, values)).orElse(values);
  }
}
