package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.recal.graphs.logs.HistogramReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingLoop;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What evaluations of a run report besides metrics. */
class EvaluationPicturesTest {

  @TempDir Path directory;

  @Test
  void everyEvaluationHasAConfusionMatrixAndTheGates() throws IOException {
    Network network =
        NetworkJson.read(
            "{\"preset\": \"se-resnet20-cifar\", \"repeats\": [1, 1, 1], \"width\": 0.5}");
    RecordingLog log = new RecordingLog();
    try (Bench bench = new Bench()) {
      new TrainingLoop(
              bench.plan(directory, network, Bench.settings("{'epochs': 2, 'average': 0.5}")), log)
          .run();
    }
    assertThat(log.evaluations).hasSize(2);
    assertThat(log.pictures)
        .extracting(PictureReport::name, PictureReport::step)
        .containsExactly(tuple("confusion", 5L), tuple("confusion", 10L));
    BufferedImage drawn = ImageIO.read(log.pictures.get(1).png().toFile());
    assertThat(drawn.getWidth()).isEqualTo(log.pictures.get(1).width());

    // A gate for each of three blocks; width 0.5 halves 16, 32 and 64 channels; of 16 images.
    assertThat(log.histograms).hasSize(6);
    for (HistogramReport report : log.histograms) {
      assertThat(report.name()).matches("layers/stage[123]/block0/recalibration/gate");
      assertThat(report.min()).isPositive();
      assertThat(report.max()).isLessThan(1);
      assertThat(report.counts().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(report.count());
    }
    assertThat(log.histograms)
        .extracting(HistogramReport::count)
        .containsExactly(16 * 8L, 16 * 16L, 16 * 32L, 16 * 8L, 16 * 16L, 16 * 32L);
  }
}
