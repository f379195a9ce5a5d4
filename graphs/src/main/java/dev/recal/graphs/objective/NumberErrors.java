package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The metrics of images with numbers: the mean absolute error {@code mae}, the root of the mean
 * squared error {@code rmse}, and the coefficient of determination {@code r2}, 1 − Σ(y − ŷ)² / Σ(y
 * − ȳ)². Of several numbers each is the mean, as in scikit-learn; numbers that are the same for all
 * images, for which {@code r2} is undefined, are left out of that mean.
 */
public record NumberErrors() implements Metric {

  /**
   * The errors of one number.
   *
   * @param mae mean absolute error
   * @param rmse root of the mean squared error
   * @param r2 coefficient of determination, at most 1; NaN if the number is the same for all images
   */
  public record OfNumber(double mae, double rmse, double r2) {}

  @Override
  public List<String> names() {
    return List.of("mae", "rmse", "r2");
  }

  @Override
  public boolean supports(OutputKind kind) {
    return kind == OutputKind.NUMBERS;
  }

  /** The answers, then the targets. */
  @Override
  public Operand<TFloat32> rows(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    return tf.concat(List.of(outputs, targets), tf.constant(1));
  }

  @Override
  public List<Double> results(MetricRows rows) {
    List<OfNumber> numbers =
        IntStream.range(0, rows.columns() / 2).mapToObj(number -> of(rows, number)).toList();
    return List.of(
        mean(numbers, OfNumber::mae), mean(numbers, OfNumber::rmse), determination(numbers, rows));
  }

  private static double mean(List<OfNumber> numbers, ToDoubleFunction<OfNumber> value) {
    return numbers.stream().mapToDouble(value).average().orElse(Double.NaN);
  }

  private static double determination(List<OfNumber> numbers, MetricRows rows) {
    return IntStream.range(0, numbers.size())
        .filter(number -> varies(rows, number))
        .mapToDouble(number -> numbers.get(number).r2())
        .average()
        .orElse(Double.NaN);
  }

  private static boolean varies(MetricRows rows, int number) {
    int column = rows.columns() / 2 + number;
    return IntStream.range(1, rows.count())
        .anyMatch(row -> rows.at(row, column) != rows.at(0, column));
  }

  /** Returns the errors of a number. */
  public static OfNumber of(MetricRows rows, int number) {
    int column = rows.columns() / 2 + number;
    double mean = rows.mean(column);
    double absolute = 0;
    double squared = 0;
    double total = 0;
    for (int row = 0; row < rows.count(); row++) {
      double target = rows.at(row, column);
      double error = rows.at(row, number) - target;
      absolute += Math.abs(error);
      squared += error * error;
      total += (target - mean) * (target - mean);
    }
    return new OfNumber(
        absolute / rows.count(),
        Math.sqrt(squared / rows.count()),
        varies(rows, number) ? 1 - squared / total : Double.NaN);
  }
}
