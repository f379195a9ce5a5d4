package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.cluster.WorkerProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several workers, as processes on this machine, against one. */
class DataParallelTest {

  // Clipping, weight decay and averages act on the mean gradient; accumulation on parts of it.
  private static final String SETTINGS =
      "{'steps': 20, 'batch': 24, 'accumulation': 2, 'clipNorm': 0.5, 'average': 0.9,"
          + " 'averageBatches': 2, 'batchStatistics': 'synchronised',"
          + " 'checkpoints': {'everySteps': 10, 'keep': 5}}";

  @TempDir private Path directory;

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void twoWorkersTrainAsOne() throws Exception {
    assertTrainAsOne(2, SETTINGS);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  @Tag("slow")
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void workersTrainAsOne(int count) throws Exception {
    assertTrainAsOne(count, SETTINGS);
  }

  /** All workers skip the same updates, since the sum of their gradients decides. */
  @Test
  @Tag("slow")
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void workersWithScaledLossesTrainAsOne() throws Exception {
    assertTrainAsOne(2, SETTINGS.replace("'steps': 20", "'steps': 20, 'precision': 'float16'"));
  }

  private void assertTrainAsOne(int count, String settings) throws Exception {
    Path one = directory.resolve("one");
    Path several = directory.resolve("several");
    try (Bench bench = new Bench();
        WorkerProcesses workers =
            WorkerProcesses.start(
                count, WorkerRun.class, directory, several.toString(), settings, "60")) {
      bench.run(one, TinyNetwork.PLAIN, Bench.settings(settings));
      workers.awaitSuccess(120);
    }
    assertClose(one, several, 20);
  }

  private static void assertClose(Path one, Path several, long step) {
    float[] expected = Bench.numbers(Bench.checkpoint(one, step));
    float[] found = Bench.numbers(Bench.checkpoint(several, step));
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i])).isLessThan(1e-5f);
    }
    assertThat(found).isNotEqualTo(Bench.numbers(Bench.checkpoint(one, 17)));
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void killedWorkerEndsTheOthersAndTheRunResumes() throws Exception {
    String settings = SETTINGS.replace("'everySteps': 10", "'everySteps': 5");
    Path one = directory.resolve("one");
    Path several = directory.resolve("several");
    String endless = settings.replace("'steps': 20", "'steps': 100000");
    try (WorkerProcesses workers =
        WorkerProcesses.start(2, WorkerRun.class, directory, several.toString(), endless, "5")) {
      while (!Files.exists(Bench.checkpoint(several, 5))) {
        assertThat(workers.process(0).isAlive()).as(workers.output(0)).isTrue();
        TimeUnit.MILLISECONDS.sleep(10);
      }
      workers.process(1).destroyForcibly().waitFor();
      assertThat(workers.await(0, 60)).isEqualTo(75);
      assertThat(workers.output(0)).contains("worker 1 (127.0.0.1:").contains("cannot be reached");
    }
  }
}
