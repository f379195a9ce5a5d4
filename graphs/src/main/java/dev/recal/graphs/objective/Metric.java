package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What evaluations measure besides the metrics of every classifier: a record of its settings.
 * Recipes name metrics in {@code training.metrics}.
 *
 * <p>In the graph a metric collects a row of numbers for each image; in Java it sums up the rows of
 * all images. By default the result is the mean of each column.
 */
public interface Metric {

  /**
   * Returns the names of its results, in logs and files: letters, digits, {@code _}, {@code -} and
   * {@code .}
   */
  List<String> names();

  /** Returns whether outputs of a kind can be measured; by default those of one class. */
  default boolean supports(OutputKind kind) {
    return kind == OutputKind.ONE_CLASS;
  }

  /**
   * Adds what it collects of each image.
   *
   * @param context for operations, {@link BuildContext#tf}; a scope of its own
   * @param outputs of the network, (N, K): logits, or numbers in the units of their targets
   * @param targets (N, K): 1 for the classes that an image has and 0 for the others, or numbers
   * @return (N) or (N, columns)
   */
  Operand<TFloat32> rows(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets);

  /**
   * Sums up the rows of all images.
   *
   * @param rows at least one
   * @return a result for each of {@link #names}; NaN where it is undefined
   */
  default List<Double> results(MetricRows rows) {
    return IntStream.range(0, names().size()).mapToObj(rows::mean).toList();
  }
}
