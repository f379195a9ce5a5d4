package dev.recal.tools.serve.model;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Warnings that a client can cause as often as it likes, of which the log gets a few. */
public final class RateLimitedLog {

  private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private boolean written;
  private long last;
  private long left;

  /** Writes to a log. */
  public RateLimitedLog(Logger log) {
    this.log = log;
  }

  /** Writes a warning, or only counts it if there was one in the last ten seconds. */
  public synchronized void warn(String sentence) {
    long now = System.nanoTime();
    if (written && now - last < PAUSE) {
      left++;
      return;
    }
    String more = left == 0 ? "" : " (" + left + " more since the last warning)";
    log.warn("{}{}", sentence, more);
    written = true;
    last = now;
    left = 0;
  }
}
