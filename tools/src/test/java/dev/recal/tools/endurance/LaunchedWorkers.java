package dev.recal.tools.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.tools.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * {@code recal launch} in a process of its own, with its workers.
 *
 * @param launcher its process
 * @param workers how many it was told to start
 * @param output what it and its workers print
 */
record LaunchedWorkers(Process launcher, int workers, Path output) implements AutoCloseable {

  private static final int PAUSE_MILLIS = 2;
  private static final long LIMIT_MINUTES = 5;

  /**
   * Starts a launcher.
   *
   * @param output where to print
   * @param workers how many
   * @param arguments of the launcher after {@code --workers}, with those of the workers after "--"
   */
  static LaunchedWorkers start(Path output, int workers, Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(List.of("launch", "--workers", workers));
    all.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(Endurance.java("256m", Main.class, all.toArray()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new LaunchedWorkers(process, workers, output);
  }

  /** Returns the workers that are there, by index. */
  Map<Integer, ProcessHandle> running() {
    Map<Integer, ProcessHandle> running = new TreeMap<>();
    launcher
        .toHandle()
        .children()
        .filter(ProcessHandle::isAlive)
        .forEach(child -> running.put(task(child), child));
    running.remove(-1);
    return running;
  }

  // ProcessHandle cuts command lines off.
  private static int task(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      List<String> words = List.of(Files.readString(file).split("\0"));
      int option = words.lastIndexOf("--task");
      return option < 0 ? -1 : Integer.parseInt(words.get(option + 1));
    } catch (IOException ended) {
      return -1;
    }
  }

  /** Waits until all workers of a start are there, none of them among others. */
  Map<Integer, ProcessHandle> awaitStart(Map<Integer, ProcessHandle> before) throws Exception {
    List<Map<Integer, ProcessHandle>> seen = new ArrayList<>(List.of(Map.of()));
    await(
        () -> {
          Map<Integer, ProcessHandle> now = running();
          now.values().removeAll(before.values());
          seen.set(0, now);
          return now.size() == workers;
        });
    return seen.get(0);
  }

  /** Waits for a condition while the launcher runs. */
  void await(BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
    while (!condition.getAsBoolean()) {
      assertThat(launcher.isAlive()).as(text()).isTrue();
      assertThat(System.nanoTime()).as(text()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  /** Waits for the launcher's end and returns its exit code. */
  int end() throws Exception {
    assertThat(launcher.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)).as(text()).isTrue();
    return launcher.exitValue();
  }

  /** Returns what was printed so far. */
  String text() throws IOException {
    return Files.readString(output);
  }

  /** Returns the launcher's own messages so far. */
  List<String> messages() throws IOException {
    return text().lines().filter(line -> line.startsWith("recal: ")).toList();
  }

  @Override
  public void close() {
    List<ProcessHandle> left = List.copyOf(running().values());
    launcher.destroyForcibly().onExit().join();
    left.forEach(ProcessHandle::destroyForcibly);
  }
}
