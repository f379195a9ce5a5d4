package dev.recal.graphs.synthesis.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.source.ImageFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthesisEvaluationTest {

  private static final int SIZE = 32;
  private static StandInFeatures features;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    features = new StandInFeatures();
  }

  @AfterAll
  static void close() {
    features.close();
  }

  @Test
  void sortsImagesAndNamesTheFeatures() throws IOException {
    SynthesisEvaluation evaluation = evaluation();
    MeasuredImages reals = evaluation.measure(stream("reals", blobs(120, 1, 0)));
    SynthesisReport same =
        evaluation.compare(reals, evaluation.measure(stream("others", blobs(120, 2, 0))));
    SynthesisReport noisy =
        evaluation.compare(reals, evaluation.measure(stream("noisy", blobs(120, 2, 0.1))));
    SynthesisReport noisier =
        evaluation.compare(reals, evaluation.measure(stream("noisier", blobs(120, 2, 0.3))));
    assertThat(noisy.frechetDistance()).isGreaterThan(2 * same.frechetDistance());
    assertThat(noisier.frechetDistance()).isGreaterThan(2 * noisy.frechetDistance());
    assertThat(noisy.kernelDistance().mean()).isGreaterThan(same.kernelDistance().mean());
    assertThat(same.precisionRecall().precision()).isGreaterThan(0.5);
    assertThat(noisier.precisionRecall().precision()).isLessThan(0.2);
    assertThat(same.nearest().pixels().summary().nearShare()).isLessThan(0.3);
    assertThat(same.reals().diversity()).isPresent();

    String json = same.toJson().toString();
    assertThat(json).contains("\"standIn\":true").contains("not FID").contains("\"count\":120");
    assertThat(same.toJson().getAsJsonObject("reals").get("images").getAsString())
        .isEqualTo("reals");
    assertThat(same.values()).containsKeys("standin_frechet", "standin_kernel", "recall");
    assertThat(same.values()).doesNotContainKeys("fid", "kid");
  }

  @Test
  void detectsMemorisedImages() throws IOException {
    SynthesisEvaluation evaluation = evaluation();
    ImageBatch reals = blobs(60, 1, 0);
    MeasuredImages real = evaluation.measure(stream("reals", reals));
    byte[] copied = Arrays.copyOf(reals.rgb(), 20 * reals.imageBytes());
    MeasuredImages copies =
        evaluation.measure(stream("copies", new ImageBatch(20, SIZE, SIZE, copied)));
    SynthesisReport report = evaluation.compare(real, copies);
    for (NearestNeighbours.Space space :
        List.of(report.nearest().features(), report.nearest().pixels())) {
      for (int i = 0; i < 20; i++) {
        assertThat(space.ofSamples().get(i)).hasSize(3);
        NearestNeighbours.Neighbour nearest = space.ofSamples().get(i).get(0);
        assertThat(nearest.image()).isEqualTo(i);
        // The features of an image depend on its place in a batch, by rounding.
        assertThat(nearest.distance()).isBetween(0d, 1e-6);
      }
      assertThat(space.ofReals()).hasSize(60).allMatch(distance -> distance > 0);
      assertThat(space.summary().nearShare()).isEqualTo(1);
    }
    Path png = directory.resolve("near.png");
    NeighbourSheet.draw(real, copies, report.nearest(), 5, png);
    BufferedImage sheet = ImageIO.read(png.toFile());
    assertThat(sheet.getWidth()).isGreaterThan(7 * 96);
    assertThat(sheet.getHeight()).isGreaterThan(5 * 96);
  }

  @Test
  void paleCopyIsNearByPixelsAndFlatImageIsNot() throws IOException {
    SynthesisEvaluation evaluation = evaluation();
    ImageBatch reals = blobs(40, 1, 0);
    MeasuredImages real = evaluation.measure(stream("reals", reals));
    byte[] pale = Arrays.copyOf(reals.rgb(), 10 * reals.imageBytes());
    byte[] flat = new byte[pale.length];
    for (int i = 0; i < pale.length; i++) {
      pale[i] = (byte) (100 + (pale[i] & 0xFF) / 4);
      flat[i] = (byte) 90;
    }
    SynthesisReport copies =
        evaluation.compare(
            real, evaluation.measure(stream("pale", new ImageBatch(10, SIZE, SIZE, pale))));
    SynthesisReport greys =
        evaluation.compare(
            real, evaluation.measure(stream("flat", new ImageBatch(10, SIZE, SIZE, flat))));
    assertThat(copies.nearest().pixels().summary().nearShare()).isEqualTo(1);
    assertThat(greys.nearest().pixels().summary().nearShare()).isZero();
    assertThat(greys.nearest().pixels().summary().samplesMedian()).isEqualTo(1);
  }

  @Test
  void resultsDoNotDependOnBatches() throws IOException {
    SynthesisEvaluation evaluation = evaluation();
    ImageBatch all = blobs(50, 3, 0);
    ImageBatch[] parts = {all.images(0, 7), all.images(7, 40), all.images(40, 50)};
    MeasuredImages whole = evaluation.measure(ImageStream.of("x", all));
    MeasuredImages joined = evaluation.measure(ImageStream.of("x", parts));
    assertThat(joined.features().values()).containsExactly(whole.features().values(), within(1e-6));
    assertThat(joined.pixels().rgb()).isEqualTo(whole.pixels().rgb());
    assertThat(joined.diversity().orElseThrow().mean())
        .isCloseTo(whole.diversity().orElseThrow().mean(), within(1e-6));
  }

  @Test
  void keepsACurveOfCheckpoints() throws IOException {
    SynthesisEvaluation evaluation = evaluation();
    MeasuredImages reals = evaluation.measure(stream("reals", blobs(40, 1, 0)));
    SynthesisHistory history = new SynthesisHistory(directory.resolve("evaluation.jsonl"));
    assertThat(history.points()).isEmpty();
    SynthesisReport late =
        evaluation.compare(reals, evaluation.measure(stream("late", blobs(40, 2, 0))));
    SynthesisReport early =
        evaluation.compare(reals, evaluation.measure(stream("early", blobs(40, 2, 0.3))));
    history.add(2000, late);
    history.add(1000, late);
    history.add(1000, early);
    assertThat(history.points())
        .containsExactly(SynthesisPoint.of(1000, early), SynthesisPoint.of(2000, late));
    Map<String, List<SynthesisPoint>> runs = new LinkedHashMap<>();
    runs.put("SLE", history.points());
    runs.put("SLIM", history.points());
    Path png = directory.resolve("curves.png");
    SynthesisCurves.draw(runs, png);
    assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(1440);
    Files.writeString(directory.resolve("evaluation.jsonl"), "{\"step\": 1}\n");
    assertThatThrownBy(history::points)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not an evaluation history");
  }

  @Test
  void rejectsTooFewImagesOtherSizesAndNonFiniteValues() {
    SynthesisEvaluation evaluation = evaluation();
    assertThatThrownBy(() -> evaluation.measure(stream("one photo", blobs(1, 1, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected at least 2")
        .hasMessageContaining("got 1 from one photo");
    assertThatThrownBy(() -> evaluation.measure(ImageStream.of("nothing")))
        .hasMessageContaining("got 0 from nothing");
    ImageBatch other = new ImageBatch(1, 16, 16, new byte[768]);
    assertThatThrownBy(() -> evaluation.measure(ImageStream.of("mixed", blobs(2, 1, 0), other)))
        .hasMessageContaining("32×32")
        .hasMessageContaining("16×16");
    assertThatThrownBy(
            () -> evaluation.evaluate(stream("a", blobs(3, 1, 0)), stream("b", blobs(9, 2, 0))))
        .hasMessageContaining("fewer than the 3 real images");
    assertThatThrownBy(() -> ImageBatch.ofFloats(1, 1, 1, new float[] {0, Float.NaN, 0}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new ImageBatch(2, 2, 2, new byte[12]))
        .hasMessageContaining("24 values, but got 12");
  }

  @Test
  void readsImagesOfAnySizeAsOneSize() throws IOException {
    Path folder = directory.resolve("photos");
    Path halves = Files.createDirectories(folder.resolve("halves")).resolve("a.png");
    Path dark = Files.createDirectories(folder.resolve("night")).resolve("b.png");
    BufferedImage image = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x++) {
      for (int y = 0; y < 20; y++) {
        image.setRGB(x, y, x < 20 ? 0xFF0000 : 0x0000FF);
      }
    }
    ImageIO.write(image, "png", halves.toFile());
    BufferedImage black = new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(black, "png", dark.toFile());
    try (DataSet data = new ImageFolder(folder).open()) {
      DataSetStream stream = new DataSetStream(data, 8, false);
      List<ImageBatch> read = new ArrayList<>();
      stream.forEach(read::add);
      assertThat(read).extracting(ImageBatch::count).containsExactly(2);
      assertThat(stream.description()).contains("photos", "8×8", "antialiasing", "stretched");
      byte[] rgb = read.get(0).rgb();
      assertThat(new int[] {rgb[0] & 0xFF, rgb[2] & 0xFF}).containsExactly(255, 0);
      assertThat(new int[] {rgb[7 * 3] & 0xFF, rgb[7 * 3 + 2] & 0xFF}).containsExactly(0, 255);
      assertThat(read.get(0).image(1).rgb()).containsOnly(0);
      assertThat(new DataSetStream(data, 8, true).description()).contains("centre crop");
    }
  }

  @Test
  void samplesAreGeneratedInBatches() {
    List<Integer> reported = new ArrayList<>();
    SampleStream stream =
        new SampleStream(
            "ramp", z -> spread(z), 2, 1, 2, new float[] {0, 9, 0.5f, 9, 1, 9}, reported::add);
    List<Integer> values = new ArrayList<>();
    stream.forEach(
        batch -> {
          for (int i = 0; i < batch.count(); i++) {
            values.add(batch.image(i).rgb()[0] & 0xFF);
          }
        });
    assertThat(values).containsExactly(0, 128, 255);
    assertThat(reported).containsExactly(2, 3);
    assertThatThrownBy(() -> new SampleStream("x", z -> z, 2, 1, 1, new float[3], reported::add))
        .hasMessageContaining("whole vectors of 2");
  }

  private static float[] spread(float[] z) {
    float[] pixels = new float[z.length / 2 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = z[i / 3 * 2];
    }
    return pixels;
  }

  private static SynthesisEvaluation evaluation() {
    return new SynthesisEvaluation(
        EvaluationSettings.of(0), features, Optional.of(new FeaturePairDistance(features)));
  }

  private static ImageStream stream(String name, ImageBatch images) {
    return ImageStream.of(name, images);
  }

  /** Images of a soft blob at a random place in random colours, with noise. */
  private static ImageBatch blobs(int count, long seed, double noise) {
    Random random = new Random(seed);
    float[] pixels = new float[count * SIZE * SIZE * 3];
    for (int image = 0; image < count; image++) {
      double x = 8 + 16 * random.nextDouble();
      double y = 8 + 16 * random.nextDouble();
      double[] colour = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
      for (int place = 0; place < SIZE * SIZE; place++) {
        double squared = Math.pow(place % SIZE - x, 2) + Math.pow(place / SIZE - y, 2);
        for (int channel = 0; channel < 3; channel++) {
          double value = 0.2 + 0.6 * colour[channel] * Math.exp(-squared / 60);
          pixels[(image * SIZE * SIZE + place) * 3 + channel] =
              (float) (value + noise * random.nextGaussian());
        }
      }
    }
    return ImageBatch.ofFloats(count, SIZE, SIZE, pixels);
  }
}
