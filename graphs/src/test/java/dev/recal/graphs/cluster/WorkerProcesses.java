package dev.recal.graphs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Several worker processes of a main class, which gets the addresses and its task first. */
public final class WorkerProcesses implements AutoCloseable {

  private final List<Process> processes = new ArrayList<>();
  private final List<Path> outputs = new ArrayList<>();

  /**
   * Starts the workers.
   *
   * @param directory for their outputs
   * @param arguments after the addresses and the task
   */
  public static WorkerProcesses start(int count, Class<?> main, Path directory, String... arguments)
      throws IOException {
    WorkerProcesses workers = new WorkerProcesses();
    String addresses = addresses(count);
    try {
      for (int task = 0; task < count; task++) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
            List.of(
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(main.getName(), addresses, String.valueOf(task)));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("worker" + task + ".txt");
        workers.outputs.add(output);
        workers.processes.add(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start());
      }
    } catch (IOException failure) {
      workers.close();
      throw failure;
    }
    return workers;
  }

  /** Returns addresses on this machine that are free now. */
  private static String addresses(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        addresses.add("127.0.0.1:" + socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return String.join(",", addresses);
  }

  /** Returns a worker's process. */
  public Process process(int task) {
    return processes.get(task);
  }

  /** Returns what a worker has printed. */
  public String output(int task) throws IOException {
    return Files.readString(outputs.get(task));
  }

  /** Waits for a worker; returns its exit code. */
  public int await(int task, long seconds) throws IOException, InterruptedException {
    boolean ended = processes.get(task).waitFor(seconds, TimeUnit.SECONDS);
    assertThat(ended).as(output(task)).isTrue();
    return processes.get(task).exitValue();
  }

  /** Waits until all have succeeded. */
  public void awaitSuccess(long seconds) throws IOException, InterruptedException {
    for (int task = 0; task < processes.size(); task++) {
      assertThat(await(task, seconds)).as(output(task)).isZero();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
