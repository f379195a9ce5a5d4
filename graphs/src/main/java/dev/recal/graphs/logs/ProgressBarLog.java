package dev.recal.graphs.logs;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar over all steps, with the time taken and left, throughput, epoch, loss and
 * accuracy; evaluations and messages are printed as lines above it.
 */
public final class ProgressBarLog implements TrainingLog {
  private static final int UPDATE_MILLIS = 250;
  // Erases the line of the bar (ECMA-48, EL), so that a shorter text leaves no remainder.
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final PrintStream out;
  private final ProgressBarConsumer consumer;
  private ProgressBar bar;

  /**
   * A bar for a terminal; its width is queried from the terminal.
   *
   * @param out the terminal, not closed by this log
   */
  public ProgressBarLog(PrintStream out) {
    this(out, new ConsoleProgressBarConsumer(out));
  }

  ProgressBarLog(PrintStream out, int width) {
    this(out, new ConsoleProgressBarConsumer(out, width));
  }

  private ProgressBarLog(PrintStream out, ProgressBarConsumer consumer) {
    this.out = out;
    this.consumer = consumer;
  }

  @Override
  public void started(RunInfo run) {
    out.println(LogText.started(run));
    bar =
        new ProgressBarBuilder()
            .setTaskName("train")
            .setInitialMax(run.totalSteps())
            .startsFrom(run.startStep(), Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(consumer)
            .build();
  }

  @Override
  public void step(StepReport report) {
    if (bar != null) {
      bar.stepTo(report.step());
      bar.setExtraMessage(" " + LogText.shortMetrics(report));
    }
  }

  @Override
  public void evaluated(EvaluationReport report) {
    message(LogText.evaluation(report));
  }

  @Override
  public void message(String text) {
    if (bar == null) {
      out.println(text);
    } else {
      // One call, because the bar draws itself in a separate thread.
      out.print(CLEAR_LINE + text + System.lineSeparator());
      bar.refresh();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    out.flush();
  }

  @Override
  public String toString() {
    return "progress bar on the console";
  }
}
