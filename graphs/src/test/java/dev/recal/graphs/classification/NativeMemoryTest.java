package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.TrainingLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** 5,000 steps with epochs, evaluations and checkpoints in constant memory. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class NativeMemoryTest {

  private static final long PAGE = 4096;
  private static final long ALLOWED = 48L << 20;

  @TempDir Path directory;

  /** The process's resident memory at two steps. */
  private static final class MemoryLog implements TrainingLog {
    private long early;
    private long late;

    @Override
    public void step(StepReport report) {
      if (report.step() == 1000) {
        early = resident();
      } else if (report.step() == 6000) {
        late = resident();
      }
    }

    @Override
    public void close() {}
  }

  private static long resident() {
    System.gc();
    try {
      return PAGE * Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void memoryStaysConstant() throws IOException {
    ClassificationSettings settings =
        Bench.settings(
            "{'steps': 6000, 'accumulation': 2, 'average': 0.9, 'averageBatches': 2,"
                + " 'evaluateEvery': 20, 'checkpoints': {'everyEpochs': 20, 'everyMinutes': 9}}");
    MemoryLog log = new MemoryLog();
    try (Bench bench = new Bench()) {
      new TrainingLoop(bench.plan(directory, new TinyNetwork(10, true, 0.1f), settings), log).run();
    }

    System.out.printf(
        "Resident memory: %d MB after 1,000 steps, %+.1f MB after 5,000 more.%n",
        log.early >> 20, (log.late - log.early) / 1048576.0);
    assertThat(log.late - log.early).isLessThan(ALLOWED);
  }
}
