package dev.recal.tools.console;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on stderr. */
public final class ProgressBars {

  private ProgressBars() {}

  /**
   * A progress bar that writes to {@link System#err}. The library's default is file descriptor 2,
   * where the launcher's filter would hold back a bar until its line ends.
   *
   * @param task the text in front of the bar
   */
  public static ProgressBarBuilder builder(String task) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err));
  }
}
