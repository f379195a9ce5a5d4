package dev.recal.graphs.logs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How training ended.
 *
 * @param steps optimiser steps
 * @param accuracy on the training images of the last fifth of the steps
 * @param before mean loss of the fifth before
 * @param last mean loss of the last fifth
 */
public record LastSteps(long steps, double accuracy, double before, double last) {

  private static final int PARTS = 5;
  private static final double FALLING = 0.97;

  /** Of the metrics in a run's directory; empty if there are too few. */
  public static Optional<LastSteps> ofRun(Path directory) {
    Path metrics = directory.resolve(TrainingLogs.METRICS_FILE);
    return Files.exists(metrics) ? of(MetricsHistory.read(metrics).steps()) : Optional.empty();
  }

  /** Of the reports of a run; empty if there are too few. */
  public static Optional<LastSteps> of(List<StepReport> reports) {
    int part = reports.size() / PARTS;
    if (part == 0) {
      return Optional.empty();
    }
    int end = reports.size();
    List<StepReport> last = reports.subList(end - part, end);
    OptionalDouble accuracy =
        last.stream()
            .map(StepReport::accuracy)
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .average();
    return Optional.of(
        new LastSteps(
            last.get(part - 1).step(),
            accuracy.orElse(Double.NaN),
            loss(reports.subList(end - 2 * part, end - part)),
            loss(last)));
  }

  private static double loss(List<StepReport> reports) {
    return reports.stream().mapToDouble(StepReport::loss).average().orElse(Double.NaN);
  }

  /** Whether the loss was still falling by more than 3 % from one fifth to the next. */
  public boolean isFalling() {
    return last < FALLING * before;
  }
}
