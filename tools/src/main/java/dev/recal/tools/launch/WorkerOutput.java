package dev.recal.tools.launch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What the workers print: the chief's bytes as they come, the other workers' lines with a prefix,
 * and the launcher's own messages. Safe for use by several threads.
 *
 * @param out gets what workers print to stdout
 * @param err gets what workers print to stderr, and the launcher's messages
 */
public record WorkerOutput(PrintStream out, PrintStream err) {

  private static final int BUFFER = 8192;

  /** Prints a message of the launcher. */
  void message(String sentence) {
    write(err, ("recal: " + sentence + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
  }

  /** Copies a worker's stdout until it ends; returns the thread that does. */
  Thread copyOut(int worker, InputStream from) {
    return copy(worker, from, out);
  }

  /** Copies a worker's stderr until it ends; returns the thread that does. */
  Thread copyErr(int worker, InputStream from) {
    return copy(worker, from, err);
  }

  private static Thread copy(int worker, InputStream from, PrintStream to) {
    Thread thread =
        new Thread(
            () -> {
              try (from) {
                if (worker == 0) {
                  copyBytes(from, to);
                } else {
                  copyLines(from, to, "[worker " + worker + "] ");
                }
              } catch (IOException closed) {
                // The worker has ended.
              }
            },
            "recal-worker-" + worker + "-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void copyBytes(InputStream from, PrintStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      synchronized (to) {
        to.write(buffer, 0, count);
        to.flush();
      }
    }
  }

  private static void copyLines(InputStream from, PrintStream to, String prefix)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
    int empty = line.size();
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      for (int i = 0; i < count; i++) {
        line.write(buffer[i]);
        if (buffer[i] == '\n') {
          write(to, line.toByteArray());
          line.reset();
          line.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    if (line.size() > empty) {
      line.write('\n');
      write(to, line.toByteArray());
    }
  }

  // A line in one piece: the streams are shared.
  private static void write(PrintStream to, byte[] bytes) {
    synchronized (to) {
      to.write(bytes, 0, bytes.length);
      to.flush();
    }
  }
}
