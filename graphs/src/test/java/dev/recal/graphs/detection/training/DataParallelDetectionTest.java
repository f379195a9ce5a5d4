package dev.recal.graphs.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.cluster.TwoWorkers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two workers that train a detector against one. */
@Tag("slow")
class DataParallelDetectionTest {

  // The weights that the detector's kernels are; not the optimiser's state, of the size of
  // gradients.
  private static final String WEIGHTS = "(backbone|pyramid|retina)/.*";

  @TempDir private Path directory;

  // RetinaNet's loss is a mean over images, each of which has its own normaliser.
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void twoWorkersTrainRetinaNetAsOne() throws Exception {
    String json =
        DetectionTaskTest.RETINA_NET
            .replace('\'', '"')
            .replace("\"steps\": 4", "\"steps\": 20, \"batchStatistics\": \"synchronised\"");
    TwoWorkers runs = TwoWorkers.train(json, directory);
    assertThat(runs.differences(20, WEIGHTS).values())
        .hasSizeGreaterThan(20)
        .allMatch(difference -> difference < 1e-5);
    assertThat(runs.changes(12, 20, WEIGHTS).values()).anyMatch(change -> change > 1e-5);
  }
}
