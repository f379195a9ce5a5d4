package dev.recal.graphs.objective;

import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How numbers are standardised: a network is trained on (number − mean) / deviation, whatever the
 * unit of the number is, and its outputs are brought back to that unit in metrics and exports.
 *
 * @param means one for each number
 * @param deviations one for each number, positive
 */
public record NumberScales(List<Double> means, List<Double> deviations) {

  /** Rejects numbers that are not finite, and deviations that are not positive. */
  public NumberScales {
    means = List.copyOf(means);
    deviations = List.copyOf(deviations);
    Arguments.atLeast(1, "means", means.size());
    Arguments.require(
        means.size() == deviations.size(),
        "deviations",
        "one for each of the " + means.size() + " means",
        deviations.size());
    means.forEach(
        mean -> Arguments.require(Double.isFinite(mean), "means", "finite numbers", mean));
    deviations.forEach(deviation -> Arguments.positive("deviations", deviation));
  }

  /**
   * Returns mean and standard deviation of each number; the deviation of a number that is the same
   * for all items is 1.
   *
   * @param items indices of the items that count, at least one
   */
  public static NumberScales of(NumberTargets targets, int[] items) {
    int count = targets.names().size();
    double[] sums = new double[count];
    double[] squares = new double[count];
    for (int item : items) {
      float[] values = targets.values(item);
      for (int i = 0; i < count; i++) {
        sums[i] += values[i];
      }
    }
    for (int item : items) {
      float[] values = targets.values(item);
      for (int i = 0; i < count; i++) {
        double difference = values[i] - sums[i] / items.length;
        squares[i] += difference * difference;
      }
    }
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      means.add(sums[i] / items.length);
      double deviation = Math.sqrt(squares[i] / items.length);
      deviations.add((float) deviation > 0 ? deviation : 1);
    }
    return new NumberScales(means, deviations);
  }

  /**
   * Adds the operations that standardise numbers.
   *
   * @param values (N, numbers)
   */
  public Operand<TFloat32> standardised(Ops tf, Operand<TFloat32> values) {
    return tf.math.div(tf.math.sub(values, vector(tf, means)), vector(tf, deviations));
  }

  /**
   * Adds the operations that bring standardised numbers back to their units.
   *
   * @param standardised (N, numbers)
   */
  public Operand<TFloat32> values(Ops tf, Operand<TFloat32> standardised) {
    return tf.math.add(tf.math.mul(standardised, vector(tf, deviations)), vector(tf, means));
  }

  private static Operand<TFloat32> vector(Ops tf, List<Double> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return tf.constant(floats);
  }
}
