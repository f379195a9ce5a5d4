package dev.recal.tools.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.tools.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workers that are killed, stopped, cut off or out of disk space while they train together: all
 * end, training resumes, and the weights equal those of an undisturbed run with as many workers.
 */
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class EnduranceWorkersTest {

  private static final int KILLS = 10;
  private static final double TOLERANCE = 1e-5;
  private static final int WORKER_TIMEOUT = 10;
  private static final int GRACE = 5;
  private static final List<String> FIGURES = new ArrayList<>();

  @TempDir private Path directory;
  private Path recipe;

  @BeforeEach
  void writeRecipe() throws IOException {
    assumeThat(Path.of("/proc/self/cmdline")).exists();
    recipe = WorkersRun.recipe(directory);
  }

  @AfterAll
  static void report() {
    Endurance.report("workers", FIGURES);
  }

  private LaunchedWorkers launch(int workers, Object... words) throws IOException {
    List<Object> all =
        new ArrayList<>(
            List.of("--worker-timeout", WORKER_TIMEOUT, "--grace", GRACE, "--restarts", 5, "--"));
    all.addAll(List.of(words));
    return LaunchedWorkers.start(
        Files.createTempFile(directory, "output", ".txt"), workers, all.toArray());
  }

  private LaunchedWorkers train(int workers, Path run) throws IOException {
    return launch(workers, "train", recipe, "--out", run, "--plain");
  }

  private Path undisturbed(int workers) throws Exception {
    Path run = directory.resolve("whole" + workers);
    long start = System.nanoTime();
    try (LaunchedWorkers whole = train(workers, run)) {
      assertThat(whole.end()).as(whole.text()).isZero();
    }
    FIGURES.add(
        "%d workers, undisturbed: %d steps in %s s"
            .formatted(workers, WorkersRun.STEPS, seconds(start)));
    return run;
  }

  private static String seconds(long start) {
    return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9);
  }

  private static void compare(Path run, Path whole) throws IOException {
    double difference = WorkersRun.difference(run, whole);
    FIGURES.add("  largest difference of the final weights: " + difference);
    assertThat(difference).isLessThanOrEqualTo(TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void killedWorkersResume(int workers) throws Exception {
    // -Drecal.workers=2 tries one number only.
    assumeThat(Integer.getInteger("recal.workers", workers)).isEqualTo(workers);
    Path whole = undisturbed(workers);
    Path run = directory.resolve("killed");
    SplittableRandom random = Endurance.random(workers);
    FIGURES.add(workers + " workers, " + KILLS + " of them killed:");
    try (LaunchedWorkers launched = train(workers, run)) {
      Map<Integer, ProcessHandle> running = launched.awaitStart(Map.of());
      for (int i = 0; i < KILLS; i++) {
        running = kill(launched, running, run, random);
      }
      assertThat(launched.end()).as(launched.text()).isZero();
      assertThat(launched.messages())
          .filteredOn(line -> line.startsWith("recal: Restarting "))
          .hasSize(KILLS);
    }
    compare(run, whole);
    assertThat(KilledTraining.metrics(run)).isEqualTo(KilledTraining.metrics(whole));
  }

  private Map<Integer, ProcessHandle> kill(
      LaunchedWorkers launched,
      Map<Integer, ProcessHandle> running,
      Path run,
      SplittableRandom random)
      throws Exception {
    int worker = random.nextInt(launched.workers());
    // Sometimes while they start.
    long early =
        random.nextInt(4) == 0
            ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(3000))
            : Long.MAX_VALUE;
    int target = WorkersRun.step(run) + random.nextInt(1, 5 * WorkersRun.CHECKPOINT);
    launched.await(() -> System.nanoTime() > early || WorkersRun.step(run) >= target);
    TimeUnit.MICROSECONDS.sleep(random.nextInt(100_000));
    int step = WorkersRun.step(run);
    int messages = launched.messages().size();
    String time = LocalTime.now().format(DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT));
    long start = System.nanoTime();
    assertThat(running.get(worker).destroyForcibly()).isTrue();
    launched.await(() -> running.values().stream().noneMatch(ProcessHandle::isAlive));
    String ended = seconds(start);
    Map<Integer, ProcessHandle> next = launched.awaitStart(running);
    List<String> told = launched.messages();
    FIGURES.add(
        "  %s worker %d%s killed after the checkpoint at step %d; all ended after %s s, restarted after %s s: %s"
            .formatted(
                time,
                worker,
                worker == 0 ? " (chief)" : "",
                step,
                ended,
                seconds(start),
                String.join(" ", told.subList(messages, told.size())).replace("recal: ", "")));
    return next;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aStuckWorkerIsKilledAndTrainingResumes(int worker) throws Exception {
    Path whole = undisturbed(2);
    Path run = directory.resolve("stuck");
    try (LaunchedWorkers launched = train(2, run)) {
      Map<Integer, ProcessHandle> running = launched.awaitStart(Map.of());
      launched.await(() -> WorkersRun.step(run) >= 2 * WorkersRun.CHECKPOINT);
      long start = System.nanoTime();
      signal("STOP", running.get(worker));
      launched.await(() -> running.values().stream().noneMatch(ProcessHandle::isAlive));
      FIGURES.add("Worker " + worker + " of 2 stopped: all ended after " + seconds(start) + " s");
      assertThat(launched.end()).as(launched.text()).isZero();
      launched.messages().forEach(line -> FIGURES.add("  " + line));
      assertThat(launched.text())
          .contains("Worker " + worker + " did not end within " + GRACE + " s and was killed.");
    }
    compare(run, whole);
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    shell("kill", "-" + name, Long.toString(process.pid()));
  }

  private static void shell(String... words) throws Exception {
    assertThat(run(words)).as(String.join(" ", words)).isZero();
  }

  private static int run(String... words) throws Exception {
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void aFullDiskOfTheChiefEndsAllAndTrainingResumesWhenThereIsSpace() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk.toString()) == 0;
    assumeThat(mounted).as("may mount file systems").isTrue();
    try {
      Path whole = undisturbed(2);
      Path run = disk.resolve("full");
      Path filler = disk.resolve("filler");
      try (LaunchedWorkers launched = train(2, run)) {
        launched.await(() -> WorkersRun.step(run) >= 2 * WorkersRun.CHECKPOINT);
        long start = System.nanoTime();
        run("dd", "if=/dev/zero", "of=" + filler, "bs=64k");
        assertThat(launched.end()).as(launched.text()).isEqualTo(1);
        FIGURES.add("Full disk of the chief: all ended after " + seconds(start) + " s");
        launched.messages().forEach(line -> FIGURES.add("  " + line));
        assertThat(launched.messages())
            .anyMatch(
                line -> line.contains("could not be written: no space is left on the device"));
      }
      Files.delete(filler);
      try (LaunchedWorkers launched = launch(2, "resume", run, "--plain")) {
        assertThat(launched.end()).as(launched.text()).isZero();
      }
      compare(run, whole);
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void aCutNetworkEndsBothSidesAndTrainingResumes() throws Exception {
    try (TwoHosts hosts = TwoHosts.create()) {
      assumeThat(hosts.isUsable()).as("may create network namespaces").isTrue();
      Path whole = undisturbed(2);
      Path run = directory.resolve("cut");
      List<Process> workers = both(hosts, "train", recipe, "--out", run, "--plain");
      try {
        while (WorkersRun.step(run) < 2 * WorkersRun.CHECKPOINT) {
          assertThat(workers).allMatch(Process::isAlive);
          TimeUnit.MILLISECONDS.sleep(5);
        }
        long start = System.nanoTime();
        hosts.cut();
        for (Process worker : workers) {
          assertThat(worker.waitFor(2L * WORKER_TIMEOUT + 10, TimeUnit.SECONDS)).isTrue();
          FIGURES.add(
              "Network cut: a worker ended after "
                  + seconds(start)
                  + " s with "
                  + worker.exitValue());
          assertThat(worker.exitValue()).isEqualTo(75);
        }
        hosts.repair();
        workers = both(hosts, "resume", run, "--plain");
        for (Process worker : workers) {
          assertThat(worker.waitFor(5, TimeUnit.MINUTES)).isTrue();
          assertThat(worker.exitValue()).isZero();
        }
      } finally {
        workers.forEach(Process::destroyForcibly);
      }
      compare(run, whole);
    }
  }

  private List<Process> both(TwoHosts hosts, Object... words) throws IOException {
    List<Process> workers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<Object> all = new ArrayList<>(List.of(words));
      all.addAll(List.of("--cluster", hosts.cluster(), "--task", i));
      all.addAll(List.of("--worker-timeout", WORKER_TIMEOUT));
      workers.add(hosts.start(i, Endurance.java("256m", Main.class, all.toArray())));
    }
    return workers;
  }
}
