package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.source.ImageFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

class AugmentationTest {
  @TempDir Path folder;

  /** Two classes of one image each, of different sizes so that they are not kept decoded. */
  private DataSet twoImages(BufferedImage first, BufferedImage second) throws IOException {
    TestImages.write(folder.resolve("a/1.png"), TestImages.encode(first, "png"));
    TestImages.write(folder.resolve("b/2.png"), TestImages.encode(second, "png"));
    return new ImageFolder(folder).open();
  }

  private static Batches.Batch evaluate(DataSet data, int size, Augmentation augmentation)
      throws IOException {
    try (Batches batches =
        new Batches(data, PipelineSettings.evaluation(data.count(), size, size, augmentation))) {
      return batches.epoch(0, 0).get(0);
    }
  }

  @Test
  void resizingIsBilinearWithAntialiasing() throws IOException {
    BufferedImage large = TestImages.image(53, 37, 1);
    BufferedImage small = TestImages.image(9, 14, 2);
    try (DataSet data = twoImages(large, small)) {
      Batches.Batch batch = evaluate(data, 20, Augmentation.none());
      assertNear(batch.image(0), reference(large, 20.0 / 53, 20.0 / 37, 0, 0, 20));
      assertNear(batch.image(1), reference(small, 20.0 / 9, 20.0 / 14, 0, 0, 20));
    }
  }

  @Test
  void centreCropFollowsTheShorterSide() throws IOException {
    BufferedImage high = TestImages.image(53, 37, 1);
    BufferedImage wide = TestImages.image(9, 50, 2);
    try (DataSet data = twoImages(high, wide)) {
      Batches.Batch batch = evaluate(data, 20, Augmentation.centerCrop(24));
      // 53×37 becomes 34×24 and 9×50 becomes 24×133, rounded down as torchvision does.
      assertNear(batch.image(0), reference(high, 34.0 / 53, 24.0 / 37, 7, 2, 20));
      assertNear(batch.image(1), reference(wide, 24.0 / 9, 133.0 / 50, 2, 56, 20));
    }
  }

  private static void assertNear(float[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      // One level of 255 for a value between two levels.
      assertThat(actual[i] * 255.0).isCloseTo(expected[i], within(0.51));
    }
  }

  /** The same in doubles and plain loops, with Pillow's definition of the triangle filter. */
  private static double[] reference(
      BufferedImage image, double scaleY, double scaleX, int top, int left, int size) {
    double[] result = new double[size * size * 3];
    for (int y = 0; y < size; y++) {
      double[] rows = weights(image.getHeight(), scaleY, top + y);
      for (int x = 0; x < size; x++) {
        double[] columns = weights(image.getWidth(), scaleX, left + x);
        for (int channel = 0; channel < 3; channel++) {
          double sum = 0;
          for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
              int value = image.getRGB(j, i) >> 16 - 8 * channel & 0xFF;
              sum += rows[i] * columns[j] * value;
            }
          }
          result[(y * size + x) * 3 + channel] = sum;
        }
      }
    }
    return result;
  }

  private static double[] weights(int size, double scale, int place) {
    double reach = Math.max(1, 1 / scale);
    double centre = (place + 0.5) / scale;
    double[] weights = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      weights[i] = Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach);
      sum += weights[i];
    }
    for (int i = 0; i < size; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  @Test
  void padCropFlipCutsOutOfThePaddedImage() throws IOException {
    Augmentation augmentation = Augmentation.padCropFlip();
    BufferedImage image = TestImages.image(12, 10, 3);
    try (DataSet data = twoImages(image, image);
        Batches batches =
            new Batches(data, PipelineSettings.training(2, 12, 10, augmentation, 9))) {
      Set<Integer> offsetsY = new HashSet<>();
      Set<Integer> offsetsX = new HashSet<>();
      int flipped = 0;
      for (int epoch = 0; epoch < 100; epoch++) {
        Batches.Batch batch = batches.epoch(epoch, 0).get(0);
        for (int i = 0; i < 2; i++) {
          int[] found = findCrop(batch.image(i), image, 4);
          assertThat(found).as("a crop of the padded image").isNotNull();
          offsetsY.add(found[0]);
          offsetsX.add(found[1]);
          flipped += found[2];
        }
      }
      assertThat(offsetsY).hasSize(9);
      assertThat(offsetsX).hasSize(9);
      assertThat(flipped).isBetween(75, 125);
    }
  }

  private static int[] findCrop(float[] crop, BufferedImage image, int padding) {
    for (int y = -padding; y <= padding; y++) {
      for (int x = -padding; x <= padding; x++) {
        for (int flip = 0; flip < 2; flip++) {
          if (isCrop(crop, image, y, x, flip == 1)) {
            return new int[] {y, x, flip};
          }
        }
      }
    }
    return null;
  }

  private static boolean isCrop(
      float[] crop, BufferedImage image, int top, int left, boolean flip) {
    int height = image.getHeight();
    int width = image.getWidth();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int fromY = top + y;
        int fromX = left + (flip ? width - 1 - x : x);
        boolean inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
        int rgb = inside ? image.getRGB(fromX, fromY) : 0;
        for (int channel = 0; channel < 3; channel++) {
          int expected = rgb >> 16 - 8 * channel & 0xFF;
          if (Math.round(crop[(y * width + x) * 3 + channel] * 255) != expected) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Crop boxes for an image size, one for each of many positions. */
  private static List<int[]> boxes(
      int height, int width, Augmentation.RandomResizedCrop crop, int count) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      ImageGraph.Size size = new ImageGraph.Size(tf.constant(height), tf.constant(width));
      Operand<TInt64> position = tf.placeholder(TInt64.class);
      Operand<TFloat32> random =
          RandomRows.uniform(tf, tf.constant(77L), position, tf.constant(1), CropBox.COLUMNS);
      Operand<TInt32> box = CropBox.draw(tf, size, random, crop);
      List<int[]> boxes = new ArrayList<>();
      try (Session session = new Session(graph)) {
        for (int i = 0; i < count; i++) {
          try (TInt64 value = TInt64.scalarOf(i);
              Result result = session.runner().feed(position, value).fetch(box).run()) {
            int[] numbers = new int[4];
            ((TInt32) result.get(0)).copyTo(DataBuffers.of(numbers));
            boxes.add(numbers);
          }
        }
      }
      return boxes;
    }
  }

  @Test
  void randomResizedCropsHaveTheAreasAndRatiosOfTorchvision() {
    var crop = (Augmentation.RandomResizedCrop) Augmentation.randomResizedCrop();
    double shares = 0;
    double logRatios = 0;
    List<int[]> boxes = boxes(400, 400, crop, 2000);
    for (int[] box : boxes) {
      assertThat(box[0]).isBetween(0, 400 - box[2]);
      assertThat(box[1]).isBetween(0, 400 - box[3]);
      double share = box[2] * box[3] / 160000.0;
      double ratio = box[3] / (double) box[2];
      assertThat(share).isBetween(0.079, 1.0);
      assertThat(ratio).isBetween(0.74, 1.35);
      shares += share;
      logRatios += Math.log(ratio);
    }
    // Below the 0.54 of a uniform share, because large areas of extreme ratio do not fit.
    assertThat(shares / 2000).isCloseTo(MEAN_SHARE, within(0.02));
    assertThat(logRatios / 2000).isCloseTo(0, within(0.02));
    assertThat(boxes.stream().map(b -> b[0]).distinct().count()).isGreaterThan(150);
  }

  private static final double MEAN_SHARE = simulatedMeanShare();

  /** The rule in plain Java on another random generator. */
  private static double simulatedMeanShare() {
    SplitMix64 random = new SplitMix64(1);
    double sum = 0;
    int count = 200_000;
    for (int i = 0; i < count; i++) {
      double share = 1;
      for (int attempt = 0; attempt < 10; attempt++) {
        double area = 160000 * random.uniform(0.08, 1);
        double ratio = Math.exp(random.uniform(Math.log(0.75), Math.log(4.0 / 3)));
        long width = Math.round(Math.sqrt(area * ratio));
        long height = Math.round(Math.sqrt(area / ratio));
        if (width <= 400 && height <= 400) {
          share = width * height / 160000.0;
          break;
        }
      }
      sum += share;
    }
    return sum / count;
  }

  @Test
  void cropsOfExtremeImagesFallBackToTheCentre() {
    var crop = (Augmentation.RandomResizedCrop) Augmentation.randomResizedCrop();
    for (int[] box : boxes(1, 1, crop, 20)) {
      assertThat(box).containsExactly(0, 0, 1, 1);
    }
    var whole = new Augmentation.RandomResizedCrop(1, 1, 0.75, 4.0 / 3, true);
    for (int[] box : boxes(30, 1000, whole, 20)) {
      assertThat(box).containsExactly(0, 480, 30, 40);
    }
    for (int[] box : boxes(1000, 30, whole, 20)) {
      assertThat(box).containsExactly(480, 0, 40, 30);
    }
  }

  @Test
  void fullCropIsTheResizedImageOrItsMirror() throws IOException {
    var whole = new Augmentation.RandomResizedCrop(1, 1, 1, 1, true);
    BufferedImage image = TestImages.image(30, 30, 4);
    try (DataSet data = twoImages(image, TestImages.image(31, 31, 4));
        Batches batches = new Batches(data, PipelineSettings.training(2, 16, 16, whole, 1))) {
      float[] resized = evaluate(data, 16, Augmentation.none()).image(0);
      int mirrored = 0;
      for (int epoch = 0; epoch < 40; epoch++) {
        Batches.Batch batch = batches.epoch(epoch, 0).get(0);
        float[] crop = batch.image(batch.labels()[0] == 0 ? 0 : 1);
        if (Arrays.equals(crop, mirror(resized, 16))) {
          mirrored++;
        } else {
          assertThat(crop).isEqualTo(resized);
        }
      }
      assertThat(mirrored).isBetween(10, 30);
    }
  }

  private static float[] mirror(float[] image, int size) {
    float[] result = new float[image.length];
    for (int pixel = 0; pixel < size * size; pixel++) {
      int other = pixel / size * size + size - 1 - pixel % size;
      System.arraycopy(image, 3 * pixel, result, 3 * other, 3);
    }
    return result;
  }

  @Test
  void jpegCropsEqualCropsOfDecodedImages() throws IOException {
    var crop = Augmentation.randomResizedCrop();
    for (int i = 0; i < 4; i++) {
      byte[] jpeg = TestImages.jpeg(64 + i, 80, i);
      TestImages.write(folder.resolve("jpeg/c" + i % 2 + "/" + i + ".jpg"), jpeg);
      TestImages.write(folder.resolve("mixed/c" + i % 2 + "/" + i + ".jpg"), jpeg);
    }
    // One file of another format makes the set decode whole images before cropping.
    TestImages.write(folder.resolve("mixed/c1/z.png"), TestImages.png(20, 20, 1));
    PipelineSettings inOrder =
        new PipelineSettings(1, 24, 24, crop, ColourJitter.NONE, false, 5, false, 0, 1, 1);
    OpenSettings headers = OpenSettings.defaults().withValidation(Validation.HEADERS);
    try (DataSet jpeg = new ImageFolder(folder.resolve("jpeg")).open(headers);
        DataSet mixed = new ImageFolder(folder.resolve("mixed")).open(headers);
        Batches parts = new Batches(jpeg, inOrder);
        Batches wholes = new Batches(mixed, inOrder)) {
      float[] expected = Batches.pixels(wholes.epoch(0, 0).subList(0, 4));
      float[] actual = Batches.pixels(parts.epoch(0, 0));
      double difference = 0;
      for (int i = 0; i < expected.length; i++) {
        difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
      }
      // Chroma at a crop's edge is interpolated from within the crop only.
      assertThat(difference * 255).isLessThan(12);
    }
  }

  @Test
  void jitterChangesBrightnessContrastAndSaturation() throws IOException {
    BufferedImage image = TestImages.image(8, 8, 6);
    try (DataSet data = twoImages(image, image)) {
      float[] before = evaluate(data, 8, Augmentation.none()).image(0);
      float[] brighter = jittered(data, new ColourJitter(0.3, 0, 0));
      double factor = brighter[0] / before[0];
      assertThat(factor).isBetween(0.7, 1.3).isNotCloseTo(1, within(0.001));
      float[] contrasted = jittered(data, new ColourJitter(0, 0.1, 0));
      float[] saturated = jittered(data, new ColourJitter(0, 0, 0.1));
      double contrast = (contrasted[0] - meanGrey(before)) / (before[0] - meanGrey(before));
      double saturation = (saturated[0] - grey(before, 0)) / (before[0] - grey(before, 0));
      assertThat(contrast).isBetween(0.9, 1.1).isNotCloseTo(1, within(0.001));
      assertThat(saturation).isBetween(0.9, 1.1).isNotCloseTo(1, within(0.001));
      for (int i = 0; i < before.length; i++) {
        double mean = meanGrey(before);
        double grey = grey(before, i / 3);
        assertClipped(brighter[i], before[i] * factor);
        assertClipped(contrasted[i], mean + contrast * (before[i] - mean));
        assertClipped(saturated[i], grey + saturation * (before[i] - grey));
      }
    }
  }

  private static void assertClipped(float actual, double expected) {
    assertThat((double) actual).isCloseTo(Math.max(0, Math.min(1, expected)), within(2e-5));
  }

  private static double grey(float[] image, int pixel) {
    return 0.299 * image[3 * pixel] + 0.587 * image[3 * pixel + 1] + 0.114 * image[3 * pixel + 2];
  }

  private static double meanGrey(float[] image) {
    double sum = 0;
    for (int pixel = 0; pixel < image.length / 3; pixel++) {
      sum += grey(image, pixel);
    }
    return sum / (image.length / 3.0);
  }

  private static float[] jittered(DataSet data, ColourJitter jitter) throws IOException {
    PipelineSettings settings =
        PipelineSettings.evaluation(2, 8, 8, Augmentation.none()).withJitter(jitter);
    try (Batches batches = new Batches(data, settings)) {
      return batches.epoch(0, 0).get(0).image(0);
    }
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> new Augmentation.PadCropFlip(-1, true))
        .hasMessage("padding: expected at least 0 pixels, but got -1.");
    assertThatThrownBy(() -> new Augmentation.RandomResizedCrop(0, 1, 1, 1, true))
        .hasMessageContaining("0 < minScale");
    assertThatThrownBy(() -> new Augmentation.RandomResizedCrop(1, 1, 2, 1, true))
        .hasMessageContaining("minRatio <= maxRatio");
    assertThatThrownBy(() -> new Augmentation.CenterCrop(0)).hasMessageContaining("resize");
    assertThatThrownBy(() -> new ColourJitter(0, Double.NaN, 0)).hasMessageContaining("contrast");
    assertThatThrownBy(() -> PipelineSettings.evaluation(0, 8, 8, Augmentation.none()))
        .hasMessage("batch: expected at least 1, but got 0.");
  }
}
