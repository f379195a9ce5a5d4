package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.cluster.TwoWorkers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two workers that train a style network against one. */
@Tag("slow")
class DataParallelStyleTest {

  // Offsets before a norm have no effect: their gradient is rounding noise, which Adam enlarges.
  private static final String WEIGHTS = "(down|block|up|output).*/kernel";

  @TempDir private Path directory;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void twoWorkersTrainAsOne() throws Exception {
    String json =
        StyleTaskTest.TINY
            .replace('\'', '"')
            .replace("\"steps\": 4", "\"steps\": 6, \"batchStatistics\": \"synchronised\"");
    TwoWorkers runs = TwoWorkers.train(json, directory);
    // Adam's first steps have nearly the size of the rate, 1e-3, whatever the gradient.
    assertThat(runs.differences(6, WEIGHTS).values())
        .hasSize(8)
        .allMatch(difference -> difference < 1e-4);
    assertThat(runs.changes(4, 6, WEIGHTS).values()).anyMatch(change -> change > 1e-4);
  }
}
