package dev.recal.graphs.logs;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Reports for the tests of this package. */
final class Reports {
  static final long STEPS_PER_EPOCH = 10;
  static final long TOTAL_STEPS = 100;

  private Reports() {}

  static RunInfo run(long startStep) {
    return new RunInfo(
        "srm-resnet-20", startStep, TOTAL_STEPS, STEPS_PER_EPOCH, 128, Map.of("seed", "7"));
  }

  /** The second of three stages of 100 steps, whose steps cost 1, 4 and 10. */
  static RunInfo secondStage(long startStep) {
    return new RunInfo(
        "pyramid", startStep, 200, 50, 1, Map.of(), new StageInfo(2, 3, "", 100, 300, 4, 1000));
  }

  /** The first of three stages; see {@link #secondStage}. */
  static RunInfo firstStage() {
    return new RunInfo(
        "pyramid", 0, 100, 50, 1, Map.of(), new StageInfo(1, 3, "", 0, 300, 1, 1400));
  }

  /** A step of one of the three stages, counted over all. */
  static StepReport stageStep(long step) {
    long first = (step - 1) / 100 * 100;
    long epoch = 1 + (step - 1 - first) / 50;
    return new StepReport(step, epoch, 50, first + 100, 0.5, OptionalDouble.empty(), 0.1, 2, 1);
  }

  static StepReport step(long step) {
    return step(step, 2.0 / step);
  }

  static StepReport step(long step, double loss) {
    return new StepReport(
        step,
        (step - 1) / STEPS_PER_EPOCH + 1,
        STEPS_PER_EPOCH,
        TOTAL_STEPS,
        loss,
        OptionalDouble.of(step / 100.0),
        0.1,
        812.5,
        step * 0.25);
  }

  static EvaluationReport evaluation(long step, double top1) {
    return new EvaluationReport(step, 10_000, 1.5, top1, OptionalDouble.of(0.9), 3.25);
  }

  static StepReport withExtras(StepReport report, Map<String, Double> extras) {
    return new StepReport(
        report.step(),
        report.epoch(),
        report.stepsPerEpoch(),
        report.totalSteps(),
        report.loss(),
        report.accuracy(),
        report.learningRate(),
        report.imagesPerSecond(),
        report.seconds(),
        new TreeMap<>(extras));
  }
}
