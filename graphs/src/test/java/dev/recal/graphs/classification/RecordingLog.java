package dev.recal.graphs.classification;

import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import java.util.ArrayList;
import java.util.List;

/** Records everything and can stop a run from inside. */
final class RecordingLog implements TrainingLog {

  final List<StepReport> steps = new ArrayList<>();
  final List<EvaluationReport> evaluations = new ArrayList<>();
  final List<String> messages = new ArrayList<>();
  private long stop = Long.MAX_VALUE;

  /** Ends a run on request. */
  static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Ends the run after the given number of steps. */
  RecordingLog stoppingAfter(long step) {
    stop = step;
    return this;
  }

  @Override
  public void step(StepReport report) {
    if (report.step() > stop) {
      throw new Stop();
    }
    steps.add(report);
  }

  @Override
  public void evaluated(EvaluationReport report) {
    evaluations.add(report);
  }

  @Override
  public void message(String text) {
    messages.add(text);
  }

  @Override
  public void close() {}
}
