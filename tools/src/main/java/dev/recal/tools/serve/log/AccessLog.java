package dev.recal.tools.serve.log;

import dev.recal.ops.files.FileFailures;
import dev.recal.tools.serve.call.RequestObserver;
import dev.recal.tools.serve.call.RequestRecord;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.RateLimitedLog;
import dev.recal.tools.serve.model.ServingStatus;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for each request. Its own thread writes, so that a full disk does not stop the
 * server: lines that find no room are counted and lost. The file is opened for appending, so that
 * {@code logrotate} with {@code copytruncate} works.
 */
public final class AccessLog implements RequestObserver, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final Set<String> PROBES =
      Set.of("/healthz", "/readyz", "/grpc.health.v1.Health/Check");
  private static final int WAITING_LINES = 8192;
  private static final long CLOSING_MILLIS = 5000;
  private static final long IDLE_MILLIS = 200;

  private final AccessLogSettings.Format format;
  private final OutputStream stream;
  private final boolean owned;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(WAITING_LINES);
  private final LongAdder lost = new LongAdder();
  private final RateLimitedLog failures = new RateLimitedLog(LOG);
  private final Thread writer = Background.thread("access-log", this::write);
  private volatile boolean closed;

  /**
   * Opens a log.
   *
   * @param standardOutput for a log without a file; it is not closed
   * @throws IOException if the file cannot be opened
   */
  public static AccessLog open(AccessLogSettings settings, OutputStream standardOutput)
      throws IOException {
    boolean owned = settings.file().isPresent();
    OutputStream stream = owned ? opened(settings.file().get()) : standardOutput;
    AccessLog log = new AccessLog(settings.format(), stream, owned);
    log.writer.start();
    return log;
  }

  private static OutputStream opened(Path file) throws IOException {
    try {
      return new BufferedOutputStream(
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException failure) {
      throw FileFailures.writing(file, failure);
    }
  }

  private AccessLog(AccessLogSettings.Format format, OutputStream stream, boolean owned) {
    this.format = format;
    this.stream = stream;
    this.owned = owned;
  }

  /** Returns the number of lines that were not written. */
  public long lost() {
    return lost.sum();
  }

  @Override
  public void started(RequestRecord request) {
    // A line has the outcome.
  }

  @Override
  public void finished(RequestRecord request) {
    // Probes come every few seconds.
    if (request.status() == ServingStatus.OK && PROBES.contains(request.path())) {
      return;
    }
    if (closed || !lines.offer(AccessLogLine.of(request, format))) {
      lost.increment();
    }
  }

  private void write() {
    while (!closed || !lines.isEmpty()) {
      try {
        String line = lines.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (line != null) {
          write(line);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void write(String line) {
    try {
      stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      if (lines.isEmpty()) {
        stream.flush();
      }
    } catch (IOException e) {
      lost.increment();
      failures.warn("The access log cannot be written: " + Background.reason(e));
    }
  }

  /** Writes the lines that wait, and closes the file. */
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(CLOSING_MILLIS);
      stream.flush();
      if (owned) {
        stream.close();
      }
    } catch (IOException e) {
      LOG.warn("The access log is incomplete: {}", Background.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
