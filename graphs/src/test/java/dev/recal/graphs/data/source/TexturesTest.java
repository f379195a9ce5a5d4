package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.Batches;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TexturesTest {
  @Test
  void sameSettingsGiveTheSameImages() throws IOException {
    try (DataSet one = new Textures(Textures.Split.TRAIN, 4, 16, 1).open();
        DataSet two = new Textures(Textures.Split.TRAIN, 4, 16, 1).open();
        DataSet test = new Textures(Textures.Split.TEST, 4, 16, 1).open();
        DataSet larger = new Textures(Textures.Split.TRAIN, 6, 16, 1).open()) {
      assertThat(one.classNames()).hasSize(10).isSorted();
      assertThat(one.classCounts()).containsOnly(4);
      assertThat(one.digest()).isEqualTo(two.digest()).isNotEqualTo(test.digest());
      float[] pixels = pixels(one);
      assertThat(pixels(two)).isEqualTo(pixels);
      assertThat(pixels(test)).isNotEqualTo(pixels);
      int imageSize = 16 * 16 * 3;
      assertThat(Arrays.copyOf(pixels(larger), 4 * imageSize))
          .isEqualTo(Arrays.copyOf(pixels, 4 * imageSize));
    }
  }

  @Test
  void imagesHaveAttributesOrNumbersInsteadOfClasses() throws IOException {
    Textures textures = new Textures(Textures.Split.TRAIN, 2, 16, 1);
    try (DataSet classes = textures.open();
        DataSet several = textures.withTargets(Textures.Targets.SEVERAL_CLASSES).open();
        DataSet numbers = textures.withTargets(Textures.Targets.NUMBERS).open()) {
      assertThat(several.digest()).isNotEqualTo(classes.digest());
      assertThat(several.classNames()).containsExactly("coloured", "fine", "grainy", "striped");
      MultiClassTargets attributes = (MultiClassTargets) several.targets();
      // Two each, in the order of the names: canvas, cloud …, wood.
      assertThat(attributes.labels(0)).containsExactly(1, 2);
      assertThat(attributes.labels(3)).isEmpty();
      assertThat(attributes.labels(19)).containsExactly(2, 3);
      assertThat(numbers.outputNames()).containsExactly("brightness", "contrast");
      float[] pixels = pixels(classes);
      int image = 16 * 16 * 3;
      for (int i : new int[] {0, 7, 19}) {
        double[] values = new double[image];
        Arrays.setAll(values, j -> 255 * pixels[i * image + j]);
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance =
            Arrays.stream(values).map(value -> value * value).average().orElseThrow() - mean * mean;
        float[] found = ((NumberTargets) numbers.targets()).values(i);
        assertThat(found[0]).isCloseTo((float) mean, within(1e-3f));
        assertThat(found[1]).isCloseTo((float) Math.sqrt(variance), within(1e-3f));
      }
    }
  }

  private static float[] pixels(DataSet data) throws IOException {
    try (Batches batches =
        new Batches(data, PipelineSettings.evaluation(data.count(), 16, 16, Augmentation.none()))) {
      return batches.epoch(0, 0).get(0).images();
    }
  }

  /**
   * The classes must be distinguishable by style and not by colour alone: the nearest class centre
   * in mean colours is a poor guess, in contrasts and roughness a far better one, and neither
   * solves the task.
   */
  @Test
  void stylesDifferInMoreThanColour() {
    double byColour = nearestCentre(TexturesTest::colours);
    double byStyle = nearestCentre(TexturesTest::style);
    assertThat(byColour).isBetween(0.1, 0.3);
    assertThat(byStyle).isBetween(0.45, 0.9);
  }

  /** Statistics of one texture of 32×32. */
  private interface Statistics {
    double[] of(byte[] image);
  }

  private static double[] colours(byte[] image) {
    double[] mean = new double[3];
    for (int i = 0; i < image.length; i++) {
      mean[i % 3] += Byte.toUnsignedInt(image[i]) / (image.length / 3.0);
    }
    return mean;
  }

  /** Logarithms of contrast and of differences to the right, downwards and between channels. */
  private static double[] style(byte[] image) {
    double[] mean = colours(image);
    double[] sums = new double[4];
    int row = 32 * 3;
    for (int i = 0; i < image.length - row - 3; i++) {
      int value = Byte.toUnsignedInt(image[i]);
      sums[0] += Math.pow(value - mean[i % 3], 2);
      sums[1] += Math.pow(value - Byte.toUnsignedInt(image[i + 3]), 2);
      sums[2] += Math.pow(value - Byte.toUnsignedInt(image[i + row]), 2);
      int next = i % 3 == 2 ? i - 2 : i + 1;
      double other = Byte.toUnsignedInt(image[next]) - mean[next % 3];
      sums[3] += Math.pow(value - mean[i % 3] - other, 2);
    }
    double base = sums[0];
    return new double[] {
      0.3 * Math.log(base),
      Math.log(sums[1] / base),
      Math.log(sums[2] / base),
      Math.log(sums[3] / base)
    };
  }

  private static double nearestCentre(Statistics statistics) {
    int classes = TextureStyle.ALL.size();
    int train = 60;
    int test = 40;
    double[][] centres = new double[classes][];
    for (int label = 0; label < classes; label++) {
      for (int i = 0; i < train; i++) {
        double[] values = statistics.of(draw(label, i));
        centres[label] = centres[label] == null ? new double[values.length] : centres[label];
        for (int j = 0; j < values.length; j++) {
          centres[label][j] += values[j] / train;
        }
      }
    }
    int right = 0;
    for (int label = 0; label < classes; label++) {
      for (int i = 0; i < test; i++) {
        right += nearest(centres, statistics.of(draw(label, train + i))) == label ? 1 : 0;
      }
    }
    return right / (double) (classes * test);
  }

  private static byte[] draw(int label, int index) {
    return TextureStyle.ALL.get(label).draw(32, new SplitMix64(1000L * label + index));
  }

  private static int nearest(double[][] centres, double[] values) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int label = 0; label < centres.length; label++) {
      double distance = 0;
      for (int j = 0; j < values.length; j++) {
        distance += Math.pow(values[j] - centres[label][j], 2);
      }
      if (distance < least) {
        least = distance;
        best = label;
      }
    }
    return best;
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> new Textures(Textures.Split.TRAIN, 0, 32, 0))
        .hasMessage("perClass: expected at least 1, but got 0.");
    assertThatThrownBy(() -> new Textures(Textures.Split.TRAIN, 1, 7, 0))
        .hasMessage("size: expected 8 to 1024 pixels, but got 7.");
    assertThatThrownBy(
            () -> Textures.train().open(OpenSettings.defaults().withMemoryLimitBytes(1000)))
        .hasMessageContaining("perClass: expected all textures to fit");
  }
}
