package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ObjectSettings;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.ops.GraphScope;
import dev.recal.ops.image.Images;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

class KeepRatioTest {
  private static final Augmentation.KeepRatio SMALL = new Augmentation.KeepRatio(20, 30, false);

  @TempDir Path folder;

  /** Height and width of an image. */
  private record Side(int height, int width) {
    boolean high() {
      return height > width;
    }

    /** The size by the rule, in plain Java. */
    Side resized(int shorter, int longer, int canvasHeight, int canvasWidth) {
      double factor =
          Stream.of(
                  longer / (double) Math.max(height, width),
                  shorter / (double) Math.min(height, width),
                  canvasHeight / (double) height,
                  canvasWidth / (double) width)
              .min(Double::compare)
              .orElseThrow();
      return new Side(
          Math.max(1, (int) Math.floor(height * factor + 0.5)),
          Math.max(1, (int) Math.floor(width * factor + 0.5)));
    }
  }

  private static final List<Side> MIXED =
      List.of(
          new Side(24, 32),
          new Side(32, 24),
          new Side(9, 9),
          new Side(40, 13),
          new Side(1, 50),
          new Side(50, 1),
          new Side(5000, 32),
          new Side(32, 5000),
          new Side(7, 3));

  /** Images of one grey, brighter to the left, each with an object over its left half. */
  private static DataSet set(List<Side> sides) throws IOException {
    List<SampleImage> images = new ArrayList<>();
    List<ImageObjects> targets = new ArrayList<>();
    for (Side side : sides) {
      byte[] rgb = new byte[side.height * side.width * 3];
      for (int i = 0; i < side.height * side.width; i++) {
        int grey = i % side.width < (side.width + 1) / 2 ? 250 : 120;
        Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) grey);
      }
      images.add(SampleImage.pixels(side.height, side.width, rgb));
      Box left = new Box(0, 0, side.height, (side.width + 1) / 2);
      targets.add(new ImageObjects(side.height, side.width, List.of(new ImageObject(left, 0))));
    }
    return DataSets.of("sides", images, ObjectTargets.of(List.of("left"), targets));
  }

  private static List<Operand<?>> operands(InputPipeline input, Ops tf) {
    TargetBatch.Objects objects = input.targets(TargetBatch.Objects.class);
    return List.of(
        input.images(),
        tf.shape(input.images()),
        objects.sizes(),
        objects.originals(),
        objects.items(),
        objects.boxes());
  }

  /** One delivered image. */
  private record Delivered(
      int item,
      int height,
      int width,
      float[] pixels,
      float[] size,
      float[] original,
      float[] box) {
    static List<Delivered> of(List<Object> batch) {
      int[] shape = (int[]) batch.get(1);
      int pixels = shape[1] * shape[2] * 3;
      List<Delivered> images = new ArrayList<>();
      for (int i = 0; i < shape[0]; i++) {
        images.add(
            new Delivered(
                ((int[]) batch.get(4))[i],
                shape[1],
                shape[2],
                Arrays.copyOfRange((float[]) batch.get(0), i * pixels, (i + 1) * pixels),
                Arrays.copyOfRange((float[]) batch.get(2), 2 * i, 2 * i + 2),
                Arrays.copyOfRange((float[]) batch.get(3), 2 * i, 2 * i + 2),
                Arrays.copyOfRange((float[]) batch.get(5), 4 * i, 4 * i + 4)));
      }
      return images;
    }

    /** Compares everything with the rule and with the image of {@link #set}. */
    void assertFollows(List<Side> sides, int shorter, int longer) {
      Side side = sides.get(item);
      Side expected = side.resized(shorter, longer, height, width);
      assertThat(size).containsExactly(expected.height, expected.width);
      assertThat(original).containsExactly(side.height, side.width);
      boolean mirrored = side.width > 1 && box[1] > 0;
      float edge = expected.width * ((side.width + 1) / 2) / (float) side.width;
      float[] left = {0, 0, expected.height, edge};
      float[] right = {0, expected.width - edge, expected.height, expected.width};
      for (int i = 0; i < 4; i++) {
        assertThat(Math.abs(box[i] - (mirrored ? right : left)[i])).isLessThan(1e-3f);
      }
      int wrong = 0;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          wrong += isExpected(expected, y, x) ? 0 : 1;
        }
      }
      assertThat(wrong).as("wrong pixels of %s", side).isZero();
    }

    private boolean isExpected(Side part, int y, int x) {
      float pixel = pixels[3 * (y * width + x)] * 255;
      if (y >= part.height || x >= part.width) {
        return pixel == 0;
      }
      double centre = x + 0.5;
      // A column beside the edge of the object is a mixture.
      boolean outside = centre < box[1] - 1 || centre > box[3] + 1;
      boolean inside = centre > box[1] + 1 && centre < box[3] - 1;
      return pixel > (inside ? 185 : 119.9) && pixel < (outside ? 185 : 250.1);
    }
  }

  private static PipelineOutputs open(DataSet data, PipelineSettings settings) throws IOException {
    // Boxes of less than a pixel stay.
    ObjectSettings objects = new ObjectSettings(1, 0, ObjectSettings.MaskForm.none());
    return new PipelineOutputs(data, settings.withObjects(objects), KeepRatioTest::operands);
  }

  /** The batches of an epoch from one on. */
  private static List<List<Delivered>> epoch(PipelineOutputs outputs, long epoch, long first) {
    List<List<Delivered>> batches = new ArrayList<>();
    outputs.start(epoch, first);
    for (long batch = first; batch < outputs.pipeline.batchesPerEpoch(); batch++) {
      batches.add(Delivered.of(outputs.next()));
    }
    return batches;
  }

  private static List<Integer> items(List<List<Delivered>> batches) {
    return batches.stream().flatMap(List::stream).map(Delivered::item).toList();
  }

  @Test
  void imagesOfAnySizeFollowTheRuleOnOneCanvas() throws IOException {
    for (int[] canvas : new int[][] {{30, 30}, {20, 30}, {12, 10}, {1, 1}}) {
      PipelineSettings settings =
          PipelineSettings.evaluation(4, canvas[0], canvas[1], SMALL.withOrientations(false));
      try (DataSet data = set(MIXED);
          PipelineOutputs outputs = open(data, settings)) {
        assertThat(outputs.pipeline.images().shape().asArray())
            .containsExactly(-1, canvas[0], canvas[1], 3);
        List<List<Delivered>> batches = epoch(outputs, 0, 0);
        assertThat(items(batches)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        batches.forEach(batch -> batch.forEach(image -> image.assertFollows(MIXED, 20, 30)));
      }
    }
  }

  @Test
  void memoryAndStreamGiveTheSameMirroredImages() throws IOException {
    Augmentation.KeepRatio flip = new Augmentation.KeepRatio(20, 30, true);
    PipelineSettings settings = PipelineSettings.training(3, 30, 30, flip, 5);
    int mirrored = 0;
    try (DataSet data = set(MIXED);
        PipelineOutputs memory = open(data, settings);
        PipelineOutputs stream = open(data, settings.withMemoryLimitBytes(0))) {
      assertThat(memory.pipeline.inMemory()).isTrue();
      assertThat(stream.pipeline.inMemory()).isFalse();
      for (int epoch = 0; epoch < 3; epoch++) {
        List<List<Delivered>> expected = epoch(stream, epoch, 0);
        assertThat(epoch(memory, epoch, 0)).usingRecursiveComparison().isEqualTo(expected);
        for (List<Delivered> batch : expected) {
          batch.forEach(image -> image.assertFollows(MIXED, 20, 30));
          mirrored += (int) batch.stream().filter(image -> image.box[1] > 0).count();
        }
      }
    }
    assertThat(mirrored).isBetween(5, 22);
  }

  @Test
  void classesNeedNoGeometry() throws IOException {
    PipelineSettings settings =
        PipelineSettings.training(4, 16, 16, new Augmentation.KeepRatio(8, 12, true), 5);
    try (DataSet data = new Textures(Textures.Split.TRAIN, 1, 16, 3).open();
        Batches memory = new Batches(data, settings);
        Batches stream = new Batches(data, settings.withMemoryLimitBytes(0))) {
      assertThat(Batches.pixels(memory.epoch(1, 0))).isEqualTo(Batches.pixels(stream.epoch(1, 0)));
    }
  }

  @Test
  void evaluationDeliversAllWideImagesThenAllHighOnes() throws IOException {
    try (DataSet data = set(MIXED);
        PipelineOutputs outputs = open(data, PipelineSettings.evaluation(2, 20, 30, SMALL))) {
      assertThat(outputs.pipeline.images().shape().asArray()).containsExactly(-1, -1, -1, 3);
      assertThat(outputs.pipeline.batchesPerEpoch()).isEqualTo(5);
      assertThat(outputs.pipeline.imagesPerEpoch()).isEqualTo(9);
      List<List<Delivered>> batches = epoch(outputs, 0, 0);
      assertThat(items(batches)).containsExactly(0, 2, 4, 7, 1, 3, 5, 6, 8);
      assertShapes(batches);
      for (int first = 1; first < 5; first++) {
        assertThat(epoch(outputs, 0, first))
            .usingRecursiveComparison()
            .isEqualTo(batches.subList(first, 5));
      }
    }
    List<Side> highOnly = List.of(new Side(9, 4), new Side(8, 5), new Side(7, 6));
    try (DataSet data = set(highOnly);
        PipelineOutputs outputs = open(data, PipelineSettings.evaluation(2, 30, 20, SMALL))) {
      assertThat(items(epoch(outputs, 0, 0))).containsExactly(0, 1, 2);
    }
  }

  private static void assertShapes(List<List<Delivered>> batches) {
    for (List<Delivered> batch : batches) {
      for (Delivered image : batch) {
        boolean high = MIXED.get(image.item).high();
        assertThat(image.height).isEqualTo(high ? 30 : 20);
        assertThat(image.width).isEqualTo(high ? 20 : 30);
        image.assertFollows(MIXED, 20, 30);
      }
    }
  }

  @Test
  void trainingBatchesHaveOneOrientationAndEachImageOnce() throws IOException {
    Augmentation.KeepRatio flip = new Augmentation.KeepRatio(20, 30, true);
    // 4 wide and 5 high images: two whole batches of each, one high image left over.
    PipelineSettings settings = PipelineSettings.training(2, 20, 30, flip, 3);
    Set<List<Integer>> orders = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    Set<Integer> seen = new TreeSet<>();
    try (DataSet data = set(MIXED);
        PipelineOutputs outputs = open(data, settings)) {
      assertThat(outputs.pipeline.images().shape().asArray()).containsExactly(2, -1, -1, 3);
      assertThat(outputs.pipeline.batchesPerEpoch()).isEqualTo(4);
      for (int epoch = 0; epoch < 8; epoch++) {
        List<List<Delivered>> batches = epoch(outputs, epoch, 0);
        assertThat(items(batches)).hasSize(8).doesNotHaveDuplicates();
        assertShapes(batches);
        orders.add(items(batches));
        seen.addAll(items(batches));
        int middle = 1 + epoch % 3;
        assertThat(epoch(outputs, epoch, middle))
            .usingRecursiveComparison()
            .isEqualTo(batches.subList(middle, 4));
      }
    }
    assertThat(orders).hasSize(8);
    assertThat(seen).hasSize(9);
  }

  @Test
  void imagesLeftOverFromBothOrientationsMakeOneMoreBatch() throws IOException {
    // 4 wide and 5 high images: one whole batch of each, and one of two high and one wide image.
    PipelineSettings settings = PipelineSettings.training(3, 30, 20, SMALL, 3);
    for (boolean replacement : new boolean[] {false, true}) {
      try (DataSet data = set(MIXED);
          PipelineOutputs outputs = open(data, settings.withPasses(1, replacement))) {
        for (int epoch = 0; epoch < 4; epoch++) {
          List<List<Delivered>> batches = epoch(outputs, epoch, 0);
          assertThat(batches).hasSize(3);
          assertShapes(batches.subList(0, 2));
          for (Delivered image : batches.get(2)) {
            assertThat(image.height).isEqualTo(30);
            image.assertFollows(MIXED, 20, 30);
          }
          if (!replacement) {
            assertThat(new TreeSet<>(items(batches))).hasSize(9);
          }
        }
      }
    }
  }

  @Test
  void changesOfColourDoNotDependOnThePadding() throws IOException {
    Augmentation.KeepRatio flip = new Augmentation.KeepRatio(20, 30, true).withOrientations(false);
    // 24×32 becomes 20×27.
    PipelineSettings exact =
        PipelineSettings.training(2, 20, 27, flip, 3).withJitter(new ColourJitter(0.3, 0.9, 0.5));
    PipelineSettings padded =
        PipelineSettings.training(2, 25, 30, flip, 3).withJitter(new ColourJitter(0.3, 0.9, 0.5));
    try (DataSet data = set(List.of(MIXED.get(0), MIXED.get(0)));
        PipelineOutputs small = open(data, exact);
        PipelineOutputs large = open(data, padded.withMemoryLimitBytes(0))) {
      List<Delivered> expected = epoch(small, 1, 0).get(0);
      List<Delivered> actual = epoch(large, 1, 0).get(0);
      for (int image = 0; image < 2; image++) {
        float greatest = 0;
        for (int y = 0; y < 25; y++) {
          for (int x = 0; x < 30; x++) {
            float pixel = actual.get(image).pixels[3 * (30 * y + x)];
            float same =
                y < 20 && x < 27 ? expected.get(image).pixels[3 * (27 * y + x)] : 1e5f * pixel;
            greatest = Math.max(greatest, Math.abs(pixel - same));
          }
        }
        assertThat(greatest).isLessThan(1e-5f);
      }
    }
  }

  @Test
  void scaledImagesAreCroppedOrPadded() throws IOException {
    PipelineSettings settings =
        PipelineSettings.training(3, 20, 30, new Augmentation.ScaleJitter(0.5, 2, true), 3);
    int cropped = 0;
    int padded = 0;
    List<Side> same =
        List.of(MIXED.get(0), MIXED.get(0), MIXED.get(0), MIXED.get(1), MIXED.get(1), MIXED.get(1));
    try (DataSet data = set(same);
        PipelineOutputs outputs = open(data, settings)) {
      for (int epoch = 0; epoch < 5; epoch++) {
        List<List<Delivered>> batches = epoch(outputs, epoch, 0);
        for (Delivered image : batches.stream().flatMap(List::stream).toList()) {
          int height = (int) image.size[0];
          int width = (int) image.size[1];
          boolean whole = height < 20 && width < 30;
          padded += whole ? 1 : 0;
          cropped += height == 20 && width == 30 ? 1 : 0;
          int wrong = 0;
          for (int pixel = 0; pixel < 20 * 30; pixel++) {
            boolean inside = pixel / 30 < height && pixel % 30 < width;
            wrong += image.pixels[3 * pixel] > 0.4 == inside ? 0 : 1;
          }
          assertThat(wrong).isZero();
          assertThat(image.box[2]).isLessThanOrEqualTo(height);
          assertThat(image.box[3]).isLessThanOrEqualTo(width);
        }
        assertThat(epoch(outputs, epoch, 1))
            .usingRecursiveComparison()
            .isEqualTo(batches.subList(1, 2));
      }
    }
    assertThat(padded).isBetween(5, 20);
    assertThat(cropped).isBetween(4, 25);
  }

  @Test
  void scaleIsDrawnForEachImage() throws IOException {
    Augmentation.KeepRatio range = new Augmentation.KeepRatio(20, 60, true, false, Optional.of(16));
    Set<Float> heights = new TreeSet<>();
    List<Side> same = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      same.add(new Side(24, 32));
    }
    try (DataSet data = set(same);
        PipelineOutputs outputs = open(data, PipelineSettings.training(5, 20, 30, range, 3))) {
      for (int epoch = 0; epoch < 4; epoch++) {
        List<List<Delivered>> batches = epoch(outputs, epoch, 0);
        for (Delivered image : batches.stream().flatMap(List::stream).toList()) {
          heights.add(image.size[0]);
          image.assertFollows(same, (int) image.size[0], 60);
        }
        assertThat(epoch(outputs, epoch, 1))
            .usingRecursiveComparison()
            .isEqualTo(batches.subList(1, 2));
      }
    }
    assertThat(heights).containsExactly(16f, 17f, 18f, 19f, 20f);
  }

  @Test
  void servedFilesAreThoseOfEvaluation() throws IOException {
    byte[] wide = TestImages.png(24, 32, 1);
    byte[] high = TestImages.png(50, 20, 2);
    Augmentation.KeepRatio keep = new Augmentation.KeepRatio(20, 30, true);
    try (Graph graph = new Graph();
        TString bytes = TString.tensorOfBytes(NdArrays.vectorOfObjects(wide, high))) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TString> files = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      assertThatThrownBy(() -> keep.decodeSized(tf, files, 20, 30))
          .hasMessageStartingWith("augmentation: expected one that is not random");
      Images.SizedBatch batch = keep.forEvaluation().decodeSized(tf, files, 20, 30);
      Operand<TFloat32> images = keep.forEvaluation().decode(tf, files, 20, 30);
      assertThat(batch.images().shape().asArray()).containsExactly(-1, 20, 30, 3);
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .feed(files, bytes)
                  .fetch(batch.sizes())
                  .fetch(batch.originals())
                  .fetch(batch.images())
                  .fetch(images)
                  .run()) {
        assertThat(floats(result, 0)).containsExactly(20, 27, 20, 8);
        assertThat(floats(result, 1)).containsExactly(24, 32, 50, 20);
        assertThat(floats(result, 2)).isEqualTo(floats(result, 3)).isEqualTo(evaluated(wide, high));
      }
    }
  }

  private static float[] floats(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  /** What an evaluation pipeline delivers of two files. */
  private float[] evaluated(byte[] first, byte[] second) throws IOException {
    TestImages.write(folder.resolve("a/1.png"), first);
    TestImages.write(folder.resolve("b/2.png"), second);
    try (DataSet data = new ImageFolder(folder).open();
        Batches batches =
            new Batches(
                data, PipelineSettings.evaluation(2, 20, 30, SMALL.withOrientations(false)))) {
      return batches.epoch(0, 0).get(0).images();
    }
  }

  @Test
  void rejectsUnsupportedSettings() {
    assertThatThrownBy(() -> new Augmentation.KeepRatio(20, 19, true))
        .hasMessage("longer: expected at least shorter, which is 20, but got 19.");
    assertThatThrownBy(() -> new Augmentation.KeepRatio(20, 30, true, true, Optional.of(21)))
        .hasMessage("minShorter: expected 1 to 20, but got 21.");
  }
}
