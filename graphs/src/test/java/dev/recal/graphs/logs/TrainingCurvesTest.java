package dev.recal.graphs.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.charts.Palette;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingCurvesTest {
  @TempDir Path directory;
  private Path metrics;
  private Path png;

  @BeforeEach
  void chooseFiles() {
    metrics = directory.resolve("metrics.jsonl");
    png = directory.resolve("curves.png");
  }

  private static long pixels(BufferedImage image, Color color) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .filter(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == color.getRGB())
        .count();
  }

  @Test
  void drawsTrainingEvaluationAndRate() throws IOException {
    try (TrainingLogs logs =
        TrainingLogs.all(new MetricsLog(metrics), new CurvesLog(metrics, png))) {
      logs.started(Reports.run(0));
      assertThat(pixels(ImageIO.read(png.toFile()), Palette.BLUE)).isZero();
      for (long step = 1; step <= 100; step++) {
        logs.step(Reports.step(step, step == 50 ? Double.NaN : 2.0 / step));
        if (step % 10 == 0) {
          logs.evaluated(Reports.evaluation(step, step / 100.0));
        }
      }
      assertThat(logs.failures()).isEmpty();
    }
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getWidth()).isEqualTo(1280);
    assertThat(image.getHeight()).isEqualTo(1116);
    assertThat(pixels(image, Palette.BLUE)).isGreaterThan(1000);
    assertThat(pixels(image, Palette.VERMILION)).isGreaterThan(500);
    assertThat(pixels(image, Palette.PURPLE)).isGreaterThan(500);
  }

  @Test
  void marksWhereStagesBegin() throws IOException {
    try (MetricsLog log = new MetricsLog(metrics)) {
      log.started(Reports.firstStage());
      log.step(Reports.stageStep(1));
      TrainingCurves.draw(metrics, png);
      long without = pixels(ImageIO.read(png.toFile()), Palette.BORDER);
      log.step(Reports.stageStep(100));
      log.started(Reports.secondStage(100));
      log.step(Reports.stageStep(200));
      TrainingCurves.draw(metrics, png);
      assertThat(pixels(ImageIO.read(png.toFile()), Palette.BORDER)).isGreaterThan(without + 300);
    }
  }

  @Test
  void drawsRunOfNanOnly() throws IOException {
    try (MetricsLog log = new MetricsLog(metrics)) {
      log.started(Reports.run(0));
      log.step(Reports.step(1, Double.NaN));
      log.step(Reports.step(2, Double.POSITIVE_INFINITY));
    }
    TrainingCurves.draw(metrics, png);
    assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(1280);
  }

  @Test
  void namesMissingFile() {
    assertThatThrownBy(() -> TrainingCurves.draw(metrics, png))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("Cannot read the metrics file %s: there is no %s.".formatted(metrics, metrics));
  }

  @Test
  void namesUnwritablePicture() throws IOException {
    Files.writeString(metrics, "");
    Path existingFile = Files.writeString(directory.resolve("file"), "");
    Path target = existingFile.resolve("curves.png");
    assertThatThrownBy(() -> TrainingCurves.draw(metrics, target))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("Cannot write the picture " + target);
  }

  @Test
  void smoothingKeepsAConstantAndSkipsGaps() {
    double[] x = {1, 2, 3, 4};
    assertThat(new Curve(x, new double[] {3, 3, Double.NaN, 3}).smoothed(10).y())
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(3, 3, Double.NaN, 3);
    // Span 3: decay 1/2; weights of 0 and 1 after two steps are 1/3 and 2/3.
    assertThat(new Curve(new double[] {1, 2}, new double[] {0, 1}).smoothed(3).y()[1])
        .isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void thinningKeepsTheSpikes() {
    double[] x = IntStream.range(0, 10_000).asDoubleStream().toArray();
    double[] y = Arrays.stream(x).map(v -> v == 4321 ? 99 : v == 8765 ? -99 : v % 7).toArray();
    Curve thin = new Curve(x, y).thinned(100);
    assertThat(thin.size()).isEqualTo(200);
    assertThat(thin.x()).isSorted();
    assertThat(thin.y()).contains(99, -99);
    assertThat(new Curve(x, y).quantile(0.5)).isEqualTo(3);
  }
}
