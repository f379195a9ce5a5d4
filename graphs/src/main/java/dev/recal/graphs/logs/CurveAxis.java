package dev.recal.graphs.logs;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The horizontal axis shared by the panels of a run: epochs if the run is longer than one,
 * otherwise steps.
 *
 * @param title the title of the axis
 * @param unit steps per unit of the axis
 * @param end where the axis ends, in its unit
 */
record CurveAxis(String title, double unit, double end) {

  static CurveAxis of(MetricsHistory history) {
    long lastStep =
        Math.max(
            history.steps().stream().mapToLong(StepReport::step).max().orElse(1),
            history.evaluations().values().stream()
                .flatMap(List::stream)
                .mapToLong(EvaluationReport::step)
                .max()
                .orElse(1));
    long stepsPerEpoch =
        history.steps().isEmpty()
            ? Long.MAX_VALUE
            : history.steps().get(history.steps().size() - 1).stepsPerEpoch();
    if (lastStep <= stepsPerEpoch) {
      return new CurveAxis("step", 1, Math.max(1, lastStep));
    }
    String title = LogText.format("epoch (%,d steps each)", stepsPerEpoch);
    return new CurveAxis(title, stepsPerEpoch, lastStep / (double) stepsPerEpoch);
  }

  Curve steps(MetricsHistory history, ToDoubleFunction<StepReport> value) {
    return new Curve(
        history.steps().stream().mapToDouble(report -> report.step() / unit).toArray(),
        history.steps().stream().mapToDouble(value).toArray());
  }

  Curve evaluations(List<EvaluationReport> reports, ToDoubleFunction<EvaluationReport> value) {
    return new Curve(
        reports.stream().mapToDouble(report -> report.step() / unit).toArray(),
        reports.stream().mapToDouble(value).toArray());
  }
}
