package dev.recal.tools.launch;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Loopback ports that nothing listens on. */
public final class FreePorts {

  // Below those that Linux gives to outgoing connections, one of which could take the port before
  // the worker does.
  private static final int LOWEST = 20_000;
  private static final int BOUND = 32_768;
  private static final int TRIALS = 10_000;

  private FreePorts() {}

  /**
   * Returns free ports, each different.
   *
   * @param count how many
   * @throws IOException if there are none
   */
  public static List<Integer> choose(int count) throws IOException {
    Set<Integer> ports = new LinkedHashSet<>();
    for (int trial = 0; trial < TRIALS && ports.size() < count; trial++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BOUND);
      if (!ports.contains(port) && isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IOException("There are no " + count + " free ports on the loopback interface.");
    }
    return List.copyOf(ports);
  }

  // A worker may listen on all interfaces, so the port has to be free on each.
  private static boolean isFree(int port) {
    try (ServerSocket everywhere = new ServerSocket(port)) {
      return everywhere.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
