package dev.recal.tools.command;

import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.tools.bench.BlockStage;
import dev.recal.tools.bench.ModuleBench;
import dev.recal.tools.bench.ModuleResult;
import dev.recal.tools.bench.ModuleSubject;
import dev.recal.tools.console.ProgressBars;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** The progress of a benchmark of modules: a bar on a terminal, otherwise a line for each stage. */
final class BenchProgress implements ModuleBench.Listener, AutoCloseable {

  private final PrintWriter err;
  private final int total;
  private final Optional<ProgressBar> bar;
  private String place = "";
  private int done;

  /**
   * Begins.
   *
   * @param total the number of results
   */
  BenchProgress(PrintWriter err, int total) {
    this.err = err;
    this.total = total;
    this.bar = ConsoleLogs.isTerminal() ? Optional.of(bar(total)) : Optional.empty();
  }

  private static ProgressBar bar(int total) {
    return ProgressBars.builder("bench").setInitialMax(total).build();
  }

  @Override
  public void measured(ModuleResult result) {
    String now =
        result.precision().name().toLowerCase(Locale.ROOT)
            + ", batch "
            + result.batch()
            + ", "
            + result.stage().size()
            + "²";
    done++;
    bar.ifPresent(shown -> shown.setExtraMessage(" " + now).step());
    if (bar.isEmpty() && !now.equals(place)) {
      err.println(now + ": " + done + " of " + total);
      err.flush();
    }
    place = now;
  }

  @Override
  public void skipped(ModuleSubject subject, BlockStage stage, String reason) {
    done++;
    bar.ifPresent(ProgressBar::step);
    err.println("Skipped: " + subject.name() + " at " + stage.size() + "²: " + reason);
    err.flush();
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
