package dev.recal.graphs.logs;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The horizontal axis shared by the panels of a run: epochs if the run has one stage and is longer
 * than one epoch, otherwise steps.
 *
 * @param title the title of the axis
 * @param unit steps per unit of the axis
 * @param end where the axis ends, in its unit
 * @param marks where stages begin, in its unit
 */
record CurveAxis(String title, double unit, double end, List<Double> marks) {

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
    // The epochs of stages may differ in length.
    if (lastStep <= stepsPerEpoch || !history.laterStages().isEmpty()) {
      List<Double> marks = history.laterStages().stream().map(Long::doubleValue).toList();
      return new CurveAxis("step", 1, Math.max(1, lastStep), marks);
    }
    String title = LogText.format("epoch (%,d steps each)", stepsPerEpoch);
    return new CurveAxis(title, stepsPerEpoch, lastStep / (double) stepsPerEpoch, List.of());
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
