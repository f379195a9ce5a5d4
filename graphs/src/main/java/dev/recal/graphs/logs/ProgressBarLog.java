package dev.recal.graphs.logs;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar over all steps, with the time taken and left, throughput, epoch, loss and
 * accuracy; evaluations and messages are printed as lines above it. With several stages there is a
 * bar over the steps of each, which also shows the time left of the whole run.
 */
public final class ProgressBarLog implements TrainingLog {
  private static final int UPDATE_MILLIS = 250;
  // Erases the line of the bar (ECMA-48, EL), so that a shorter text leaves no remainder.
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final PrintStream out;
  private final ProgressBarConsumer consumer;
  private final LongSupplier nanoClock;
  private final TimeLeft timeLeft = new TimeLeft();
  private StageInfo stage = StageInfo.only(0);
  private ProgressBar bar;

  /**
   * A bar for a terminal; its width is queried from the terminal.
   *
   * @param out the terminal, not closed by this log
   */
  public ProgressBarLog(PrintStream out) {
    this(out, new ConsoleProgressBarConsumer(out), System::nanoTime);
  }

  ProgressBarLog(PrintStream out, int width, LongSupplier nanoClock) {
    this(out, new ConsoleProgressBarConsumer(out, width), nanoClock);
  }

  private ProgressBarLog(PrintStream out, ProgressBarConsumer consumer, LongSupplier nanoClock) {
    this.out = out;
    this.consumer = consumer;
    this.nanoClock = nanoClock;
  }

  @Override
  public void started(RunInfo run) {
    closeBar();
    stage = run.stage();
    timeLeft.started(stage);
    out.println(LogText.started(run));
    bar =
        new ProgressBarBuilder()
            .setTaskName(stage.isOnly() ? "train" : stage.title())
            .setInitialMax(run.totalSteps() - stage.firstStep())
            .startsFrom(run.startStep() - stage.firstStep(), Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(consumer)
            .build();
  }

  @Override
  public void step(StepReport report) {
    if (bar != null) {
      bar.stepTo(report.step() - stage.firstStep());
      bar.setExtraMessage(" " + leftInAll(report) + LogText.shortMetrics(report));
    }
  }

  // The bar itself shows the time left of its stage.
  private String leftInAll(StepReport report) {
    Optional<Duration> left = timeLeft.after(report, nanoClock.getAsLong());
    return stage.isOnly()
        ? ""
        : left.map(duration -> LogText.left(duration, stage) + ", ").orElse("");
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
    closeBar();
    out.flush();
  }

  private void closeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public String toString() {
    return "progress bar on the console";
  }
}
