package dev.recal.graphs.logs;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Prints plain lines, for a file or a pipe: the first and the last step, and between them one step
 * whenever enough steps or enough time have passed; evaluations and messages always. The time left
 * is that of the whole run.
 */
public final class PlainLog implements TrainingLog {
  private final PrintStream out;
  private final long everySteps;
  private final long everyNanos;
  private final LongSupplier nanoClock;
  private final TimeLeft timeLeft = new TimeLeft();
  private StageInfo stage = StageInfo.only(0);
  private boolean anyStep;
  private long printedStep;
  private long printedNanos;

  /**
   * Creates a log with the given intervals.
   *
   * @param out not closed by this log
   * @param everySteps the maximum number of steps between two lines, at least 1
   * @param everyTime the maximum time between two lines
   */
  public PlainLog(PrintStream out, long everySteps, Duration everyTime) {
    this(out, everySteps, everyTime, System::nanoTime);
  }

  PlainLog(PrintStream out, long everySteps, Duration everyTime, LongSupplier nanoClock) {
    Checks.atLeast("everySteps", everySteps, 1);
    this.out = out;
    this.everySteps = everySteps;
    this.everyNanos = everyTime.toNanos();
    this.nanoClock = nanoClock;
  }

  @Override
  public void started(RunInfo run) {
    anyStep = false;
    stage = run.stage();
    timeLeft.started(stage);
    out.println(LogText.started(run));
  }

  @Override
  public void step(StepReport report) {
    long now = nanoClock.getAsLong();
    boolean due =
        !anyStep
            || report.step() == report.totalSteps()
            || report.step() - printedStep >= everySteps
            || now - printedNanos >= everyNanos;
    anyStep = true;
    Optional<Duration> left = timeLeft.after(report, now);
    if (due) {
      printedStep = report.step();
      printedNanos = now;
      out.println(LogText.step(report, stage, left));
    }
  }

  @Override
  public void evaluated(EvaluationReport report) {
    out.println(LogText.evaluation(report));
  }

  @Override
  public void message(String text) {
    out.println(text);
  }

  @Override
  public void close() {
    out.flush();
  }

  @Override
  public String toString() {
    return "lines on the console";
  }
}
