package dev.recal.graphs.logs;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;

/**
 * The metrics of one evaluation on held-out images.
 *
 * @param step the training step after which it ran; 0 before training
 * @param name the evaluated weights: {@code "evaluation"}, or for example {@code
 *     "evaluation_average"} for averaged weights; letters, digits, {@code _}, {@code -} and {@code
 *     .}
 * @param images the number of images
 * @param loss mean loss per image, if measured
 * @param top1 top-1 accuracy, 0 to 1, if there are classes
 * @param top5 top-5 accuracy, if there are more than five classes
 * @param seconds wall-clock seconds the evaluation took
 * @param extras further scalars by name
 */
public record EvaluationReport(
    long step,
    String name,
    long images,
    OptionalDouble loss,
    OptionalDouble top1,
    OptionalDouble top5,
    double seconds,
    SortedMap<String, Double> extras) {

  /** The name of the evaluation that every run has. */
  public static final String MAIN = "evaluation";

  public EvaluationReport {
    Checks.atLeast("step", step, 0);
    Checks.scalarName("name", name);
    Checks.atLeast("images", images, 0);
    extras = Checks.scalars("extras", extras);
  }

  /** The main evaluation without a loss and without classes, of further scalars. */
  public static EvaluationReport of(
      long step, long images, double seconds, Map<String, Double> extras) {
    return new EvaluationReport(
        step,
        MAIN,
        images,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        seconds,
        Checks.scalars("extras", extras));
  }

  /** The main evaluation of a classifier, without further scalars. */
  public EvaluationReport(
      long step, long images, double loss, double top1, OptionalDouble top5, double seconds) {
    this(
        step,
        MAIN,
        images,
        OptionalDouble.of(loss),
        OptionalDouble.of(top1),
        top5,
        seconds,
        Checks.scalars("extras", Map.of()));
  }

  /** The main evaluation of something that has no classes. */
  public EvaluationReport(
      long step, long images, double loss, double seconds, Map<String, Double> extras) {
    this(
        step,
        MAIN,
        images,
        OptionalDouble.of(loss),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        seconds,
        Checks.scalars("extras", extras));
  }
}
