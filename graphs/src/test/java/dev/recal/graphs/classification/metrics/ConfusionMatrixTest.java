package dev.recal.graphs.classification.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.charts.Palette;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfusionMatrixTest {
  private static final List<String> NAMES = List.of("cat", "dog", "automobile");
  private static final ConfusionMatrix MATRIX =
      new ConfusionMatrix(3, new long[] {8, 2, 0, 3, 1, 0, 0, 0, 0});

  @TempDir Path directory;

  @Test
  void metricsByClass() {
    assertThat(MATRIX.total()).isEqualTo(14);
    assertThat(MATRIX.correct()).isEqualTo(9);
    assertThat(MATRIX.ofLabel(0)).isEqualTo(10);
    assertThat(MATRIX.ofPrediction(0)).isEqualTo(11);
    assertThat(MATRIX.accuracy(0)).isEqualTo(0.8);
    assertThat(MATRIX.accuracy(2)).isNaN();
    assertThat(MATRIX.precision(1)).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(MATRIX.balancedAccuracy()).isCloseTo((0.8 + 0.25) / 2, within(1e-12));
    assertThat(MATRIX.topConfusions(5))
        .containsExactly(
            new ConfusionMatrix.Confusion(1, 0, 3), new ConfusionMatrix.Confusion(0, 1, 2));
    assertThat(MATRIX.topConfusions(1)).hasSize(1);
  }

  @Test
  void countsMatchTheRecord() {
    long[] counts = {1};
    ConfusionMatrix matrix = new ConfusionMatrix(1, counts);
    counts[0] = 7;
    assertThat(matrix.total()).isEqualTo(1);
  }

  @Test
  void rejectsInvalidMatrices() {
    assertThatThrownBy(() -> new ConfusionMatrix(2, new long[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("counts: expected 2×2 = 4 values, but got 3.");
    assertThatThrownBy(() -> new ConfusionMatrix(0, new long[0]))
        .hasMessage("classes: expected from 1 to 46340, but got 0.");
    assertThatThrownBy(() -> MATRIX.count(0, 3))
        .hasMessage("prediction: expected from 0 to 2, but got 3.");
    assertThatThrownBy(() -> ConfusionTable.render(MATRIX, List.of("cat")))
        .hasMessage("names: expected one for each of the 3 classes, but got 1.");
  }

  @Test
  void aSmallMatrixIsATable() {
    assertThat(ConfusionTable.render(MATRIX, NAMES))
        .isEqualTo(
            """
            label, predicted          cat        dog automobile  accuracy
            cat                         8          2          0  80.0 %
            dog                         3          1          0  25.0 %
            automobile                  0          0          0  -
            most frequent confusions:
              3 × dog predicted as cat
              2 × cat predicted as dog
            """);
  }

  @Test
  void largeMatrixIsListedByClass() {
    long[] counts = new long[900];
    Arrays.fill(counts, 0, 2, 5);
    List<String> names = IntStream.range(0, 30).mapToObj(i -> "class " + i).toList();
    assertThat(ConfusionTable.render(new ConfusionMatrix(30, counts), names).lines())
        .contains(
            "class 0                               10    50.0 %    100.0 %",
            "class 1                                0         -      0.0 %",
            "  5 × class 0 predicted as class 1")
        .hasSize(33);
  }

  @Test
  void theHeatMapShowsRightAndWrong() throws IOException {
    Path png = directory.resolve("pictures/confusion.png");
    ConfusionHeatMap.draw(MATRIX, NAMES, png);
    BufferedImage image = ImageIO.read(png.toFile());
    int right = Palette.light(Palette.BLUE, 1 - Math.sqrt(0.8)).getRGB();
    int wrong = Palette.light(Palette.VERMILION, 1 - Math.sqrt(0.75)).getRGB();
    long rightPixels = 0;
    long wrongPixels = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        rightPixels += image.getRGB(x, y) == right ? 1 : 0;
        wrongPixels += image.getRGB(x, y) == wrong ? 1 : 0;
      }
    }
    // A cell of 60×60 less its number.
    assertThat(rightPixels).isBetween(3200L, 3600L);
    assertThat(wrongPixels).isBetween(3200L, 3600L);
  }

  @Test
  void drawsMatrixOfManyClasses() throws IOException {
    Path png = directory.resolve("confusion.png");
    int classes = 200;
    List<String> names = IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    ConfusionHeatMap.draw(new ConfusionMatrix(classes, new long[classes * classes]), names, png);
    assertThat(ImageIO.read(png.toFile()).getWidth()).isBetween(1600, 1800);
  }
}
