package dev.recal.spark.job;

import dev.recal.spark.ScoringCounts;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reports how far a job is. */
final class Progress {

  private static final int SECONDS = 10;
  private static final int MINUTE = 60;

  private final ImageSource.Remaining images;
  private final ScoringCounts counts;
  private final Consumer<String> log;
  private final long started = System.nanoTime();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "recal-progress");
            thread.setDaemon(true);
            return thread;
          });

  private Progress(ImageSource.Remaining images, ScoringCounts counts, Consumer<String> log) {
    this.images = images;
    this.counts = counts;
    this.log = log;
  }

  static Progress start(ImageSource.Remaining images, ScoringCounts counts, Consumer<String> log) {
    Progress progress = new Progress(images, counts, log);
    log.accept(
        String.format(
            Locale.ROOT,
            "%,d images, %,d of them to be scored; chunks: %,d.",
            images.found(),
            images.left(),
            images.chunks().size()));
    progress.timer.scheduleAtFixedRate(progress::report, SECONDS, SECONDS, TimeUnit.SECONDS);
    return progress;
  }

  private synchronized void report() {
    long done = counts.scored() + counts.unusable();
    if (done > 0) {
      log.accept(text(done, counts.unusable(), images.left(), (System.nanoTime() - started) / 1e9));
    }
  }

  static String text(long done, long unusable, long all, double seconds) {
    double rate = done / seconds;
    double left = Math.max(0, all - done) / rate;
    return String.format(
        Locale.ROOT,
        "%,d of %,d images (%.1f %%), %,d of them unusable; %,.1f images/s; about %s left.",
        done,
        all,
        100.0 * done / all,
        unusable,
        rate,
        left < MINUTE ? Math.round(left) + " s" : Math.round(left / MINUTE) + " min");
  }

  /** Reports the end. */
  void close() {
    timer.shutdownNow();
    report();
  }
}
