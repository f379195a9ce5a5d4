package dev.recal.graphs.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Which of the other workers listen at their addresses.
 *
 * @param cluster the workers
 */
record Reachability(Cluster cluster) {

  private static final int CONNECT_MILLIS = 2_000;
  private static final long PAUSE_MILLIS = 200;
  private static final int LOST_TRIALS = 5;
  private static final Duration QUIET = Duration.ofSeconds(5);

  /**
   * Waits until all workers listen.
   *
   * @param messages gets whom this worker waits for, unless that is short
   * @param stops whether to stop waiting
   * @throws WorkerLostException if one does not listen in time, or waiting was stopped
   */
  void await(Duration longest, Consumer<String> messages, BooleanSupplier stops) {
    long start = System.nanoTime();
    boolean told = false;
    for (List<String> missing = unreachable(); !missing.isEmpty(); missing = unreachable()) {
      if (stops.getAsBoolean()) {
        throw new WorkerLostException(
            "Stopped while waiting for " + String.join(", ", missing) + ".", null);
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      if (waited.compareTo(longest) > 0) {
        throw new WorkerLostException(
            String.join(", ", missing)
                + " did not start within "
                + longest.toMinutes()
                + " minutes. Start all workers, with the same addresses in the same order.",
            null);
      }
      if (!told && waited.compareTo(QUIET) > 0) {
        told = true;
        messages.accept("Waiting for " + String.join(", ", missing) + ".");
      }
      pause("waiting for workers");
    }
  }

  /**
   * Returns the workers that do not listen, after a failure: a killed process may listen for an
   * instant after its connections were reset.
   */
  List<String> lost() {
    List<String> lost = unreachable();
    for (int i = 0; i < LOST_TRIALS && lost.isEmpty(); i++) {
      pause("looking for the lost worker");
      lost = unreachable();
    }
    return lost;
  }

  private static void pause(String activity) {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new WorkerLostException("Interrupted while " + activity + ".", interrupted);
    }
  }

  /** Returns the workers that do not listen, with their addresses. */
  List<String> unreachable() {
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < cluster.workers().size(); i++) {
      String address = cluster.workers().get(i);
      if (i != cluster.task() && !listens(address)) {
        missing.add("worker " + i + " (" + address + ")");
      }
    }
    return missing;
  }

  private static boolean listens(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))),
          CONNECT_MILLIS);
      return true;
    } catch (IOException | IllegalArgumentException refused) {
      return false;
    }
  }
}
