package dev.recal.graphs.logs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One metric of a run over its steps, under the tag that it has in TensorBoard, such as {@code
 * train/loss} or {@code evaluation/top1}. Training metrics are smoothed, as the curves of a run
 * are.
 */
public final class MetricCurve {

  private static final String TRAINING = "train/";

  private final String tag;
  private final Curve curve;

  private MetricCurve(String tag, Curve curve) {
    this.tag = tag;
    this.curve = curve;
  }

  /**
   * A value of the curve.
   *
   * @param step after which it was measured
   * @param value finite or not
   */
  public record Point(long step, double value) {}

  /** Returns all metrics of a run by tag: those of training, then those of each evaluation. */
  public static Map<String, MetricCurve> of(MetricsHistory history) {
    Map<String, MetricCurve> curves = new LinkedHashMap<>();
    List<StepReport> steps = history.steps();
    training(curves, "loss", steps, StepReport::loss);
    training(curves, "accuracy", steps, report -> orGap(report.accuracy()));
    names(steps.stream().map(StepReport::extras))
        .forEach(
            name -> training(curves, name, steps, r -> r.extras().getOrDefault(name, Double.NaN)));
    history
        .evaluations()
        .forEach(
            (name, reports) -> {
              String group = name + "/";
              evaluated(curves, group + "loss", reports, report -> orGap(report.loss()));
              evaluated(curves, group + "top1", reports, report -> orGap(report.top1()));
              evaluated(curves, group + "top5", reports, report -> orGap(report.top5()));
              names(reports.stream().map(EvaluationReport::extras))
                  .forEach(
                      extra ->
                          evaluated(
                              curves,
                              group + extra,
                              reports,
                              r -> r.extras().getOrDefault(extra, Double.NaN)));
            });
    return curves;
  }

  private static SortedSet<String> names(Stream<? extends Map<String, Double>> extras) {
    SortedSet<String> names = new TreeSet<>();
    extras.map(Map::keySet).forEach(names::addAll);
    return names;
  }

  private static double orGap(OptionalDouble value) {
    return value.orElse(Double.NaN);
  }

  private static void training(
      Map<String, MetricCurve> curves,
      String name,
      List<StepReport> reports,
      ToDoubleFunction<StepReport> value) {
    Curve noisy = curve(reports, StepReport::step, value);
    add(curves, TRAINING + name, noisy.smoothed(CurveSheet.span(noisy)));
  }

  private static void evaluated(
      Map<String, MetricCurve> curves,
      String tag,
      List<EvaluationReport> reports,
      ToDoubleFunction<EvaluationReport> value) {
    add(curves, tag, curve(reports, EvaluationReport::step, value));
  }

  private static <T> Curve curve(
      List<T> reports, Function<T, Long> step, ToDoubleFunction<T> value) {
    return new Curve(
        reports.stream().mapToDouble(step::apply).toArray(),
        reports.stream().mapToDouble(value).toArray());
  }

  private static void add(Map<String, MetricCurve> curves, String tag, Curve curve) {
    if (curve.hasFinite()) {
      curves.put(tag, new MetricCurve(tag, curve));
    }
  }

  /** Returns the tag. */
  public String tag() {
    return tag;
  }

  /** Returns whether it was measured on the images of each step. */
  public boolean isOfTraining() {
    return tag.startsWith(TRAINING);
  }

  /** Returns whether it is a loss, of which less is better. */
  public boolean isLoss() {
    String name = tag.substring(tag.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return name.endsWith("loss");
  }

  /** Returns the last value; NaN where the last step measured nothing finite. */
  public Point last() {
    return point(curve.size() - 1);
  }

  /** Returns the first of the lowest values. */
  public Point lowest() {
    return extreme(1);
  }

  /** Returns the first of the highest values. */
  public Point highest() {
    return extreme(-1);
  }

  private Point extreme(int sign) {
    int best = -1;
    for (int i = 0; i < curve.size(); i++) {
      double value = curve.y()[i];
      if (Double.isFinite(value) && (best < 0 || sign * value < sign * curve.y()[best])) {
        best = i;
      }
    }
    return point(best);
  }

  private Point point(int index) {
    return new Point((long) curve.x()[index], curve.y()[index]);
  }

  Curve curve() {
    return curve;
  }
}
