package dev.recal.graphs.logs;

import dev.recal.ops.Counted;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The text of the console logs. */
final class LogText {
  private LogText() {}

  static String started(RunInfo run) {
    StageInfo stage = run.stage();
    long done = run.startStep() - stage.firstStep();
    long steps = run.totalSteps() - stage.firstStep();
    return format(
        "%s%s: %s (%s of %s), batch %d",
        run.name(),
        stage.isOnly() ? "" : ", " + stage.title(),
        done == 0
            ? "training for " + Counted.of(steps, "step")
            : format("resuming after step %,d of %,d", done, steps),
        Counted.of(steps / (double) run.stepsPerEpoch(), 4, "epoch"),
        Counted.of(run.stepsPerEpoch(), "step"),
        run.batchSize());
  }

  static String step(StepReport report, StageInfo stage, Optional<Duration> left) {
    return format(
        "%sstep %d/%d  %s%s",
        stage.isOnly() ? "" : stage.title() + ", ",
        report.step() - stage.firstStep(),
        report.totalSteps() - stage.firstStep(),
        metrics(report, stage),
        left.map(duration -> "  " + left(duration, stage)).orElse(""));
  }

  /** The time left of the whole run. */
  static String left(Duration duration, StageInfo stage) {
    return duration(duration) + (stage.isOnly() ? " left" : " left in all");
  }

  /** Loss, accuracy, learning rate and throughput of a step. */
  private static String metrics(StepReport report, StageInfo stage) {
    return format(
        "epoch %d/%d  loss %.4f%s  lr %s  %s img/s",
        report.epoch(),
        -Math.floorDiv(stage.firstStep() - report.totalSteps(), report.stepsPerEpoch()),
        report.loss(),
        percent("  top-1 ", report.accuracy()),
        report.learningRate() == 0 ? "0" : format("%.3g", report.learningRate()),
        rate(report.imagesPerSecond()));
  }

  /** A short form for the end of a progress bar. */
  static String shortMetrics(StepReport report) {
    return format(
        "%s img/s, epoch %d, loss %.3f%s",
        rate(report.imagesPerSecond()),
        report.epoch(),
        report.loss(),
        percent(", top-1 ", report.accuracy()));
  }

  static String evaluation(EvaluationReport report) {
    return format(
        "%s at step %,d: %s%s%s%s%,d %s in %.1f s",
        report.name(),
        report.step(),
        report.loss().isPresent() ? format("loss %.4f, ", report.loss().getAsDouble()) : "",
        listed(percent("top-1 ", report.top1())),
        listed(percent("top-5 ", report.top5())),
        listed(extras(report.extras())),
        report.images(),
        report.top1().isPresent() ? "images" : "items",
        report.seconds());
  }

  private static String extras(Map<String, Double> extras) {
    return extras.entrySet().stream()
        .map(extra -> format("%s %.4g", extra.getKey(), extra.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String listed(String text) {
    return text.isEmpty() ? "" : text + ", ";
  }

  /** Hours, minutes and seconds: {@code 0:07}, {@code 12:34}, {@code 3:02:01}. */
  static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    return seconds < 3600
        ? format("%d:%02d", seconds / 60, seconds % 60)
        : format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  private static String rate(double imagesPerSecond) {
    return format(imagesPerSecond < 100 ? "%.1f" : "%,.0f", imagesPerSecond);
  }

  private static String percent(String name, OptionalDouble share) {
    return share.isPresent() ? format("%s%.2f %%", name, 100 * share.getAsDouble()) : "";
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
