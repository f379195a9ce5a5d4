package dev.recal.tools.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.task.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training that is told to end says. */
class StoppedRunTest {

  private static final String RECIPE =
      "{\"name\": \"small\", \"network\": \"resnet20-cifar\", \"data\": {\"training\": {\"type\":"
          + " \"textures\"}}, \"training\": {\"batch\": 24}}";

  private static final String STATE =
      """
      {"step": %d, "epoch": 0, "batch": 4, "seed": 1, "dataDigest": "d",
       "files": [{"name": "variables.index", "bytes": 3}]}
      """;

  @TempDir private Path directory;

  @Test
  void aTrainingThatDoesNotStopInTimeIsReported() {
    AtomicInteger reports = new AtomicInteger();
    try (GracefulStop stop = new GracefulStop(Duration.ZERO, reports::incrementAndGet)) {
      assertThat(stop.signal().isRequested()).isFalse();
      stop.stop();
      assertThat(stop.signal().isRequested()).isTrue();
      assertThat(reports).hasValue(1);
    }
  }

  @Test
  void aTrainingThatStopsInTimeIsNot() throws InterruptedException {
    AtomicInteger reports = new AtomicInteger();
    GracefulStop stop = new GracefulStop(Duration.ofHours(1), reports::incrementAndGet);
    Thread signalled = new Thread(stop::stop);
    signalled.start();
    // What the loop does when it sees the signal.
    while (!stop.signal().isRequested()) {
      Thread.onSpinWait();
    }
    stop.close();
    signalled.join();
    assertThat(reports).hasValue(0);
  }

  @Test
  void theSentenceNamesTheLastCompleteCheckpoint() throws IOException {
    RunDirectory<?> run = run("run");
    assertThat(Resumption.afterGrace(run, GracefulStop.GRACE))
        .isEqualTo(
            "The checkpoint was not finished within 25 seconds of the signal, and the process ends"
                + " without it. No checkpoint is complete; restart with: recal resume "
                + run.directory());
    checkpoint(run, 8, 3);
    checkpoint(run, 12, 3);
    // Its file is shorter than its state says.
    checkpoint(run, 16, 2);
    Files.createDirectories(run.checkpoints().root().resolve(".writing-step-000000020"));
    assertThat(Resumption.afterGrace(run, GracefulStop.GRACE))
        .isEqualTo(
            "The checkpoint was not finished within 25 seconds of the signal, and the process ends"
                + " without it. The last complete checkpoint is "
                + run.directory().resolve("checkpoints/step-000000012")
                + "; resume from it with: recal resume "
                + run.directory());
  }

  @Test
  void aRunOfAStudyResumesWithIt() throws IOException {
    Files.writeString(directory.resolve("study.json"), "{}");
    assertThat(Resumption.sentence(run("fold-1").directory()))
        .isEqualTo("Resume it with: recal resume " + directory);
  }

  private RunDirectory<?> run(String name) throws IOException {
    Path place = Files.createDirectories(directory.resolve(name));
    Files.writeString(place.resolve(RunDirectory.RECIPE), RECIPE);
    return RunDirectory.open(place);
  }

  private static void checkpoint(RunDirectory<?> run, int step, int bytes) throws IOException {
    Path place = run.checkpoints().root().resolve("step-%09d".formatted(step));
    Files.createDirectories(place);
    Files.write(place.resolve("variables.index"), new byte[bytes]);
    Files.writeString(place.resolve("state.json"), STATE.formatted(step));
  }
}
