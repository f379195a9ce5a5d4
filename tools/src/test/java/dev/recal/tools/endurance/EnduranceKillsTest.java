package dev.recal.tools.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of processes that train, at random moments, until they are finished: what they
 * leave equals what an unbroken process leaves, bit for bit.
 */
@Tag("slow")
class EnduranceKillsTest {

  private static final int KILLS_OF_EACH = 6;
  private static final String WRITING = ".writing-";
  private static final int KILLED = 137;

  @TempDir private Path directory;
  private final List<String> figures = new ArrayList<>();
  private int killed;
  private int writing;

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void killedRunsEndWhereUnbrokenOnesEnd() throws Exception {
    try {
      // For example -Drecal.training=detection.
      String chosen = System.getProperty("recal.training", "");
      List<KilledTraining> trainings =
          KilledTraining.all(directory).stream()
              .filter(training -> training.name().contains(chosen))
              .toList();
      for (int i = 0; i < trainings.size(); i++) {
        killAndResume(trainings.get(i), directory.resolve("run" + i), Endurance.random(i));
      }
      figures.add(
          "%d processes killed, %d of them while they wrote a checkpoint"
              .formatted(killed, writing));
      assertThat(killed).isEqualTo(KILLS_OF_EACH * trainings.size());
      // A single kind may by chance never be killed while it writes.
      if (chosen.isEmpty()) {
        assertThat(writing).isPositive();
      }
    } finally {
      Endurance.report("kills", figures);
    }
  }

  private void killAndResume(KilledTraining training, Path run, SplittableRandom random)
      throws Exception {
    figures.add(training.name());
    for (int i = 0; i < KILLS_OF_EACH; i++) {
      figures.add("  killed " + kill(training, run, random));
    }
    finish(training, run);
    Path whole = directory.resolve(run.getFileName() + "-whole");
    finish(training, whole);
    compare(training, run, whole);
    figures.add("  resumed to the end: weights, metrics and files equal an unbroken run's");
  }

  private String kill(KilledTraining training, Path run, SplittableRandom random) throws Exception {
    int step = step(KilledTraining.checkpoints(run)) + random.nextInt(1, training.progress() + 1);
    Path output = directory.resolve("output.txt");
    Process process = training.start(run, output);
    int moment = random.nextInt(3);
    int delay = random.nextInt(60_000);
    try {
      if (moment == 0) {
        // While it starts, reads the checkpoint or takes its first steps.
        waitForStep(run, step, process, TimeUnit.MILLISECONDS.toNanos(300 + delay / 20));
      } else {
        waitForStep(run, step, process, Long.MAX_VALUE);
        if (moment == 1) {
          TimeUnit.MICROSECONDS.sleep(delay);
        } else {
          waitForHalfWritten(run, process);
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(KILLED);
    killed++;
    List<String> after = KilledTraining.checkpoints(run);
    boolean half = after.stream().anyMatch(name -> name.startsWith(WRITING));
    writing += half ? 1 : 0;
    List<String> whole = after.stream().filter(name -> name.startsWith("step-")).toList();
    return whole.isEmpty()
        ? "before the first checkpoint"
        : "after " + whole.get(whole.size() - 1) + (half ? ", while it wrote the next one" : "");
  }

  private static void waitForStep(Path run, int step, Process process, long nanos)
      throws Exception {
    long begin = System.nanoTime();
    while (process.isAlive()
        && System.nanoTime() - begin < nanos
        && step(KilledTraining.checkpoints(run)) < step) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void waitForHalfWritten(Path run, Process process) throws IOException {
    while (process.isAlive()
        && KilledTraining.checkpoints(run).stream().noneMatch(name -> name.startsWith(WRITING))) {
      Thread.onSpinWait();
    }
  }

  private static String newest(List<String> checkpoints) {
    List<String> whole = checkpoints.stream().filter(name -> name.startsWith("step-")).toList();
    return whole.isEmpty() ? "" : whole.get(whole.size() - 1);
  }

  private static int step(List<String> checkpoints) {
    String newest = newest(checkpoints);
    return newest.isEmpty() ? -1 : Integer.parseInt(newest.substring("step-".length()));
  }

  private void finish(KilledTraining training, Path run) throws Exception {
    Path output = directory.resolve("output.txt");
    Process process = training.start(run, output);
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(Files.readString(output)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }

  private static void compare(KilledTraining training, Path run, Path whole) throws IOException {
    String last = newest(KilledTraining.checkpoints(whole));
    assertThat(newest(KilledTraining.checkpoints(run))).isEqualTo(last);
    for (String file : List.of("variables.data-00000-of-00001", "variables.index", "state.json")) {
      String path = "checkpoints/" + last + "/" + file;
      assertThat(run.resolve(path)).hasSameBinaryContentAs(whole.resolve(path));
    }
    assertThat(KilledTraining.metrics(run)).isEqualTo(KilledTraining.metrics(whole));
    assertThat(training.files(run)).isEqualTo(training.files(whole));
    for (String picture : training.files(whole)) {
      if (picture.matches("(samples|reconstructions|detections)/.*")) {
        assertThat(run.resolve(picture)).hasSameBinaryContentAs(whole.resolve(picture));
      }
    }
  }
}
