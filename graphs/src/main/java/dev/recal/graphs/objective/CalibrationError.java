package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The expected calibration error: images are sorted into bins of equal width by the probability of
 * the class that was answered; the result is the mean over the images of the difference between
 * accuracy and mean probability of their bin. A bin includes its upper end.
 *
 * <p>Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks" (arXiv
 * 1706.04599), equation 3.
 *
 * @param bins their number, at least 1
 */
public record CalibrationError(int bins) implements Metric {

  /** Rejects fewer than one bin. */
  public CalibrationError {
    Arguments.atLeast(1, "bins", bins);
  }

  /** 15 bins, as in the paper. */
  public static CalibrationError defaults() {
    return new CalibrationError(15);
  }

  @Override
  public List<String> names() {
    return List.of("calibrationError");
  }

  @Override
  public Operand<TFloat32> rows(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    Operand<TInt32> one = tf.constant(1);
    Operand<TFloat32> confidence = tf.max(tf.nn.softmax(outputs), one);
    Operand<TFloat32> right =
        tf.dtypes.cast(
            tf.math.equal(tf.math.argMax(outputs, one), tf.math.argMax(targets, one)),
            TFloat32.class);
    return tf.stack(List.of(confidence, right), Stack.axis(1L));
  }

  @Override
  public List<Double> results(MetricRows rows) {
    double[] differences = new double[bins];
    for (int row = 0; row < rows.count(); row++) {
      float confidence = rows.at(row, 0);
      if (Float.isNaN(confidence)) {
        return List.of(Double.NaN);
      }
      int bin = (int) Math.ceil((double) confidence * bins) - 1;
      differences[Math.max(0, Math.min(bins - 1, bin))] += rows.at(row, 1) - confidence;
    }
    double sum = 0;
    for (double difference : differences) {
      sum += Math.abs(difference);
    }
    return List.of(sum / rows.count());
  }
}
