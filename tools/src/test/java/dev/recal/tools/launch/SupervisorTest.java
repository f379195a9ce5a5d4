package dev.recal.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor with {@link FakeWorker}s. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals")
class SupervisorTest {

  private static final int SIGKILL = 137;

  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  // Waits that only a fault uses up: a busy machine may take seconds to end a worker.
  static LaunchSettings settings(int workers, int minWorkers, int restarts) {
    return settings(workers, minWorkers, restarts, Duration.ofSeconds(30), Duration.ofSeconds(20));
  }

  private static LaunchSettings settings(
      int workers, int minWorkers, int restarts, Duration grace, Duration settle) {
    return new LaunchSettings(workers, minWorkers, restarts, OptionalInt.of(9), grace, settle);
  }

  static Supervisor supervisor(
      Path directory, LaunchSettings settings, Gpus gpus, WorkerOutput output) {
    LaunchedTraining training =
        new LaunchedTraining(
            List.of("train", "x"),
            List.of("resume", "x"),
            directory.resolve("run"),
            OptionalInt.of(12));
    return new Supervisor(
        settings, training, java(FakeWorker.class, directory.toString()), gpus, output);
  }

  private static List<String> java(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private int run(LaunchSettings settings, Gpus gpus, String... plan) throws Exception {
    Files.write(directory.resolve("plan.txt"), List.of(plan));
    WorkerOutput output = new WorkerOutput(new PrintStream(out, true), new PrintStream(err, true));
    return supervisor(directory, settings, gpus, output).run();
  }

  private int run(LaunchSettings settings, String... plan) throws Exception {
    return run(settings, Gpus.untouched(), plan);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private List<String> report(int start, int worker) throws IOException {
    return Files.readAllLines(directory.resolve(start + "." + worker + ".txt"));
  }

  private boolean isStarted(int start, int worker) {
    return Files.exists(directory.resolve(start + "." + worker + ".txt"));
  }

  @Test
  void startsWorkersWithOneClusterAndShowsWhatTheyPrint() throws Exception {
    Gpus gpus = Gpus.shared(List.of("4", "5"), 2);
    assertThat(run(settings(2, 2, 0), gpus, "0.0 print step 7", "0.1 print step 7")).isZero();
    List<String> chief = report(0, 0);
    assertThat(chief.get(1))
        .matches(
            "train x --cluster 127\\.0\\.0\\.1:\\d+,127\\.0\\.0\\.1:\\d+ --task 0"
                + " --worker-timeout 9");
    assertThat(report(0, 1).get(1)).isEqualTo(chief.get(1).replace("--task 0", "--task 1"));
    assertThat(report(0, 1)).contains("CUDA_VISIBLE_DEVICES=5", "TF_CONFIG=null", "RECAL_BUILD=0");
    assertThat(text(out).lines()).containsExactlyInAnyOrder("step 7", "[worker 1] step 7");
    assertThat(text(err).lines()).containsExactlyInAnyOrder("step 7", "[worker 1] step 7");
  }

  @Test
  void oneWorkerHasNoCluster() throws Exception {
    assertThat(run(settings(1, 1, 0))).isZero();
    assertThat(report(0, 0).get(1)).isEqualTo("train x");
  }

  @Test
  void restartsFromTheNewestCheckpointAndCountsRestartsWithoutProgress() throws Exception {
    assertThat(
            run(
                settings(2, 2, 1),
                "0.0 checkpoint 1",
                "0.0 await 0.1",
                "0.0 kill",
                "0.1 wait",
                "1.0 checkpoint 2",
                "1.0 exit 139",
                "1.1 wait"))
        .isZero();
    assertThat(text(out)).contains("[worker 1] stopped");
    assertThat(report(0, 0).get(1)).startsWith("train x ");
    assertThat(report(1, 0).get(1)).startsWith("resume x ");
    assertThat(report(2, 1).get(1)).startsWith("resume x ");
    assertThat(text(err).lines())
        .containsExactly(
            "recal: Worker 0 was killed by SIGKILL; stopping the other workers.",
            "recal: Restarting 2 workers from the checkpoint at step 1 (restart 1 of 1).",
            "recal: Worker 0 was killed by SIGSEGV; stopping the other workers.",
            "recal: Restarting 2 workers from the checkpoint at step 2 (restart 1 of 1).");
  }

  @Test
  void endsWithTheCodeOfAFailureThatARestartCannotFix() throws Exception {
    // Worker 0 notices the loss before worker 1 has ended.
    assertThat(run(settings(2, 1, 5), "0.0 await 0.1", "0.0 exit 75", "0.1 exit 2")).isEqualTo(2);
    assertThat(text(err))
        .contains("Worker 1 failed with exit code 2")
        .contains("A restart cannot fix this failure; see the message of worker 1.");
    assertThat(isStarted(1, 0)).isFalse();
  }

  @Test
  void killsAStuckWorkerAndGivesUpAfterTheRestarts() throws Exception {
    assertThat(
            run(
                settings(2, 2, 1, Duration.ofSeconds(5), Duration.ofMillis(500)),
                "0.0 await 0.1",
                "0.0 exit 75",
                "0.1 stubborn",
                "1.0 await 1.1",
                "1.0 exit 75",
                "1.1 wait"))
        .isEqualTo(75);
    assertThat(text(err).lines())
        .containsExactly(
            "recal: Worker 0 lost the other workers (exit code 75); stopping the other workers.",
            "recal: Worker 1 did not end within 5 s and was killed.",
            "recal: Restarting 2 workers from the first step (restart 1 of 1).",
            "recal: Worker 0 lost the other workers (exit code 75); stopping the other workers.",
            "recal: Giving up after 1 restart without a new checkpoint.");
  }

  @Test
  void goesOnWithFewerWorkersWhenOneFailsTwiceAtItsStart() throws Exception {
    Gpus gpus = Gpus.shared(List.of("0", "1", "2"), 3);
    assertThat(
            run(
                settings(3, 2, 1),
                gpus,
                "0.1 kill",
                "0.0 wait",
                "0.2 wait",
                "1.1 kill",
                "1.0 wait",
                "1.2 wait"))
        .isZero();
    assertThat(report(2, 1)).contains("CUDA_VISIBLE_DEVICES=2");
    assertThat(report(2, 1).get(1)).matches(".* --cluster [^,]+,[^,]+ --task 1 .*");
    assertThat(isStarted(2, 2)).isFalse();
    assertThat(text(err))
        .contains(
            "Continuing with 2 instead of 3 workers because worker 1 was lost twice; the batch"
                + " size and the schedule do not change.");
  }

  @Test
  void workersEndWithTheLauncherHoweverItEnds() throws Exception {
    Files.write(
        directory.resolve("plan.txt"), List.of("0.0 wait", "0.1 wait", "1.0 wait", "1.1 wait"));
    for (int start = 0; start < 2; start++) {
      Process launcher =
          new ProcessBuilder(java(LauncherMain.class, directory.toString()))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("launcher.log").toFile())
              .start();
      try {
        List<ProcessHandle> workers = List.of(worker(start, 0), worker(start, 1));
        boolean kill = start == 0;
        if (kill) {
          launcher.destroyForcibly();
        } else {
          launcher.destroy();
        }
        assertThat(launcher.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(kill ? SIGKILL : 143);
        for (ProcessHandle worker : workers) {
          worker.onExit().get(kill ? 10 : 1, TimeUnit.SECONDS);
        }
      } finally {
        launcher.destroyForcibly();
      }
    }
  }

  private ProcessHandle worker(int start, int worker) throws Exception {
    while (!isStarted(start, worker)) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return ProcessHandle.of(Long.parseLong(report(start, worker).get(0))).orElseThrow();
  }
}
