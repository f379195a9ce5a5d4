package dev.recal.graphs.training;

import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.HistogramReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.RunInfo;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets a {@link TrainingObserver} stop a run: its reason becomes a message, and the run ends as by
 * a {@link StopSignal}, with a checkpoint from which it can be resumed.
 *
 * <p>An observer that throws is dropped with a warning, like a log that fails, and training
 * continues without it.
 */
public final class ObserverLog implements TrainingLog {

  private final TrainingLog log;
  private final TrainingObserver observer;
  private final StopSignal signal;
  private Optional<String> reason = Optional.empty();

  /**
   * A log that also calls an observer.
   *
   * @param log gets every report, and the reason of a stop; closed by this one
   * @param observer may stop the run
   * @param signal the one that the run is started with
   */
  public ObserverLog(TrainingLog log, TrainingObserver observer, StopSignal signal) {
    this.log = Objects.requireNonNull(log, "log");
    this.observer = Objects.requireNonNull(observer, "observer");
    this.signal = Objects.requireNonNull(signal, "signal");
  }

  /** Returns why the observer stopped the run, if it did. */
  public Optional<String> reason() {
    return reason;
  }

  @Override
  public void started(RunInfo run) {
    log.started(run);
  }

  @Override
  public void step(StepReport report) {
    log.step(report);
    stop(observer.stepped(report));
  }

  @Override
  public void evaluated(EvaluationReport report) {
    log.evaluated(report);
    stop(observer.evaluated(report));
  }

  private void stop(Optional<String> found) {
    if (found.isPresent() && reason.isEmpty()) {
      reason = found;
      log.message(found.get());
      signal.request();
    }
  }

  @Override
  public void picture(PictureReport report) {
    log.picture(report);
  }

  @Override
  public void histogram(HistogramReport report) {
    log.histogram(report);
  }

  @Override
  public void message(String text) {
    log.message(text);
  }

  @Override
  public void close() {
    log.close();
  }

  @Override
  public String toString() {
    return log.toString();
  }
}
