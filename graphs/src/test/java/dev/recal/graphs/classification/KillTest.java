package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.RecordingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of a training process at any time. */
class KillTest {

  private static final String WRITING = ".writing-";

  @TempDir Path directory;

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void runResumesAfterTwoKills() throws Exception {
    killAndResume(2);
  }

  @Test
  @Tag("slow")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void runResumesAfterManyKills() throws Exception {
    int halfWritten = killAndResume(12);
    assertThat(halfWritten).isPositive();
  }

  // Returns how many processes were killed while writing a checkpoint.
  private int killAndResume(int kills) throws Exception {
    Path run = directory.resolve("killed");
    SplittableRandom random = new SplittableRandom(kills);
    int halfWritten = 0;
    for (int i = 0; i < kills; i++) {
      Process process = start(run);
      try {
        waitForNewCheckpoint(run, process, newest(run));
        if (i % 2 == 0) {
          waitForHalfWrittenOne(run, process);
        } else {
          TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      halfWritten += names(run).anyMatch(name -> name.startsWith(WRITING)) ? 1 : 0;
      for (Path checkpoint : checkpoints(run)) {
        // Throws unless it is complete.
        CheckpointDirectory.describe(checkpoint);
      }
    }
    Path whole = directory.resolve("whole");
    ClassificationSettings settings = Bench.settings(KilledRun.SETTINGS);
    RecordingLog log = new RecordingLog();
    try (Bench bench = new Bench()) {
      // Other checkpoint intervals than the killed run's, which do not affect the result.
      bench.run(
          whole,
          KilledRun.NETWORK,
          Bench.settings(
              KilledRun.SETTINGS.replace(
                  "{'steps'", "{'checkpoints': {'everyMinutes': 9}, 'steps'")));
      bench.resume(run, KilledRun.NETWORK, settings, log);
    }

    assertThat(log.messages).hasSize(1).first().asString().startsWith("Resuming from ");
    assertThat(Bench.variables(Bench.checkpoint(run, 200)))
        .isEqualTo(Bench.variables(Bench.checkpoint(whole, 200)));
    assertThat(names(run)).noneMatch(name -> name.startsWith("."));
    return halfWritten;
  }

  private static Process start(Path run) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            KilledRun.class.getName(),
            run.toString());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void waitForNewCheckpoint(Path run, Process process, String before)
      throws Exception {
    while (newest(run).compareTo(before) <= 0) {
      assertThat(process.isAlive()).as("the process trains").isTrue();
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static void waitForHalfWrittenOne(Path run, Process process) throws Exception {
    while (process.isAlive() && names(run).noneMatch(name -> name.startsWith(WRITING))) {
      Thread.onSpinWait();
    }
  }

  private static String newest(Path run) throws IOException {
    List<Path> all = checkpoints(run);
    return all.isEmpty() ? "" : all.get(0).getFileName().toString();
  }

  private static List<Path> checkpoints(Path run) throws IOException {
    return new CheckpointDirectory(run.resolve("checkpoints"), 3).all();
  }

  private static Stream<String> names(Path run) throws IOException {
    Path root = run.resolve("checkpoints");
    if (!Files.isDirectory(root)) {
      return Stream.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries.map(path -> path.getFileName().toString()).toList().stream();
    }
  }
}
