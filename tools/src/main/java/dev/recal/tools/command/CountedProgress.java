package dev.recal.tools.command;

import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.tools.console.ProgressBars;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** A bar on a terminal, and nothing elsewhere. */
final class CountedProgress implements AutoCloseable {

  private final Optional<ProgressBar> bar;

  /**
   * Begins.
   *
   * @param task the text in front of the bar
   * @param total what is counted in the end
   */
  CountedProgress(String task, long total) {
    bar =
        ConsoleLogs.isTerminal()
            ? Optional.of(ProgressBars.builder(task).setInitialMax(total).build())
            : Optional.empty();
  }

  void show(long done) {
    bar.ifPresent(shown -> shown.stepTo(done));
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
