package dev.recal.graphs.optimisation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * The rate is multiplied by a factor each time a number of epochs is done.
 *
 * @param epochs the completed epochs at each change, ascending; “÷10 at epochs 31 and 61”, where
 *     epochs count from 1, is {@code [30, 60]} and {@code 0.1}
 * @param factor positive
 */
public record StepSchedule(List<Double> epochs, double factor) implements Schedule {

  /** Rejects falling epochs and factors that are not positive. */
  public StepSchedule {
    epochs = List.copyOf(epochs);
    for (int i = 1; i < epochs.size(); i++) {
      if (epochs.get(i) <= epochs.get(i - 1)) {
        throw new IllegalArgumentException(
            "epochs: expected rising numbers, but got " + epochs + ".");
      }
    }
    if (!(factor > 0)) {
      throw new IllegalArgumentException(
          "factor: expected a positive number, but got " + factor + ".");
    }
  }

  @Override
  public Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double end) {
    Operand<TFloat64> result = tf.constant(1.0);
    for (double boundary : epochs) {
      // A step's epoch is a quotient; half a millionth keeps 30·n/n from falling short of 30.
      var done = tf.math.greaterEqual(epoch, tf.constant(boundary - 5e-7));
      Operand<TFloat64> change = tf.select(done, tf.constant(factor), tf.constant(1.0));
      result = tf.math.mul(result, change);
    }
    return result;
  }
}
