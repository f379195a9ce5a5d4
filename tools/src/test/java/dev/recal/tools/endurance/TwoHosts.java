package dev.recal.tools.endurance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Two network namespaces of Linux, joined by a cable that can be cut. Needs root. */
final class TwoHosts implements AutoCloseable {

  private static final String PREFIX = "recal-" + ProcessHandle.current().pid() + "-";
  private static final String NETWORK = "10.213.47.";
  private static final int PORT = 2222;

  private final boolean usable;

  private TwoHosts(boolean usable) {
    this.usable = usable;
  }

  /** Creates both, as far as this process may. */
  static TwoHosts create() {
    boolean usable = ip("netns", "add", name(0)) && ip("netns", "add", name(1));
    usable =
        usable
            && ip(
                "link", "add", "recal0", "netns", name(0), "type", "veth", "peer", "name", "recal0",
                "netns", name(1));
    for (int host = 0; host < 2 && usable; host++) {
      usable =
          ip("-n", name(host), "addr", "add", NETWORK + (host + 1) + "/24", "dev", "recal0")
              && ip("-n", name(host), "link", "set", "lo", "up")
              && ip("-n", name(host), "link", "set", "recal0", "up");
    }
    return new TwoHosts(usable);
  }

  private static String name(int host) {
    return PREFIX + host;
  }

  private static boolean ip(String... words) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /** Returns whether both are there. */
  boolean isUsable() {
    return usable;
  }

  /** Returns the addresses of a worker on each. */
  String cluster() {
    return address(0) + ":" + PORT + "," + address(1) + ":" + PORT;
  }

  /** Returns the address of one of them. */
  String address(int host) {
    return NETWORK + (host + 1);
  }

  /** Returns the words that start a command on one of them. */
  List<String> prefix(int host) {
    return List.of("ip", "netns", "exec", name(host));
  }

  /** Starts a process on one of them. */
  Process start(int host, List<String> command) throws IOException {
    List<String> all = new ArrayList<>(prefix(host));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all).inheritIO();
    // As the launcher does: TensorFlow's threads are those of the first session of a process, and
    // another number of them rounds otherwise.
    builder.environment().put("TF_NUM_INTRAOP_THREADS", "1");
    builder.environment().put("TF_NUM_INTEROP_THREADS", "1");
    return builder.start();
  }

  /** Unplugs the cable: nothing arrives, and no connection is closed. */
  void cut() {
    ip("-n", name(0), "link", "set", "recal0", "down");
  }

  /** Plugs it in again. */
  void repair() {
    ip("-n", name(0), "link", "set", "recal0", "up");
  }

  @Override
  public void close() {
    ip("netns", "del", name(0));
    ip("netns", "del", name(1));
  }
}
