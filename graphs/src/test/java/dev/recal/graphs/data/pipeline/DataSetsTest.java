package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.Sample;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ImageTargets;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.data.targets.NoTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.data.targets.TargetStore;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;

/** Data sets of Java values, with each kind of target. */
class DataSetsTest {
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path folder;

  private static byte[] rgb(BufferedImage image) {
    byte[] rgb = new byte[image.getHeight() * image.getWidth() * 3];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
      rgb[i] = (byte) (pixel >> 16 - 8 * (i % 3));
    }
    return rgb;
  }

  private static SampleImage pixels(BufferedImage image) {
    return SampleImage.pixels(image.getHeight(), image.getWidth(), rgb(image));
  }

  static List<SampleImage> images(int count) {
    return IntStream.range(0, count).mapToObj(i -> pixels(TestImages.image(9, 7, i))).toList();
  }

  static ImageObjects objects(int label) {
    boolean[] covered = new boolean[9 * 7];
    covered[label] = true;
    return new ImageObjects(
        9,
        7,
        List.of(
            new ImageObject(new Box(0, 0, 1, 7), label, Mask.ofPixels(9, 7, covered)),
            new ImageObject(new Box(2, 2, 9, 7), 1, Optional.empty(), true)));
  }

  /** Each kind of target for six images; the last one is changed if wanted. */
  private static List<TargetStore> kinds(boolean changed) throws IOException {
    int last = changed ? 2 : 0;
    List<SampleImage> seconds = new ArrayList<>(images(6));
    if (changed) {
      seconds.set(5, pixels(TestImages.image(9, 7, 77)));
    }
    return List.of(
        ClassTargets.of(NAMES, 0, 1, 2, 0, 1, last),
        MultiClassTargets.of(
            NAMES,
            List.of(
                new int[] {0},
                new int[0],
                new int[] {2, 1, 2},
                new int[] {0},
                new int[] {1},
                new int[] {0, last})),
        NumberTargets.of(
            List.of("x", "y"),
            new float[][] {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11 + last}}),
        new NoTargets(6),
        ObjectTargets.of(
            NAMES,
            List.of(
                objects(0),
                new ImageObjects(9, 7, List.of()),
                objects(2),
                objects(0),
                objects(1),
                objects(last))),
        DataSets.secondImages(seconds, ImageTargets.Resizing.BILINEAR));
  }

  private static List<Object> batch(DataSet data) throws IOException {
    PipelineSettings settings =
        PipelineSettings.evaluation(data.count(), 9, 7, Augmentation.none());
    try (PipelineOutputs batches = new PipelineOutputs(data, settings, DataSetsTest::operands)) {
      return batches.first(0);
    }
  }

  private static List<Operand<?>> operands(InputPipeline input) {
    // Java 17 has no switch over sealed types.
    if (input.targets() instanceof TargetBatch.Classes classes) {
      return List.of(classes.labels());
    }
    if (input.targets() instanceof TargetBatch.MultiClasses classes) {
      return List.of(classes.present());
    }
    if (input.targets() instanceof TargetBatch.Numbers numbers) {
      return List.of(numbers.values());
    }
    if (input.targets() instanceof TargetBatch.Objects objects) {
      return List.of(objects.labels(), objects.counts(), objects.boxes());
    }
    if (input.targets() instanceof TargetBatch.Images images) {
      return List.of(images.images());
    }
    return List.of(input.images());
  }

  @Test
  void eachKindOfTargetKeepsTheOrder() throws IOException {
    List<Object> values = new ArrayList<>();
    for (TargetStore targets : kinds(true)) {
      try (DataSet data = DataSets.of("kinds", images(6), targets)) {
        values.addAll(batch(data));
      }
    }
    assertThat((int[]) values.get(0)).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat((float[]) values.get(1))
        .containsExactly(1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1);
    assertThat((float[]) values.get(2)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13);
    assertThat((int[]) values.get(4)).containsExactly(0, 1, -1, -1, 2, 1, 0, 1, 1, 1, 2, 1);
    assertThat((int[]) values.get(5)).containsExactly(2, 0, 2, 2, 2, 2);
    assertThat((float[]) values.get(6)).startsWith(0, 0, 1, 7, 2, 2, 9, 7, 0, 0, 0, 0);
    byte[] second = rgb(TestImages.image(9, 7, 77));
    float[] seconds = (float[]) values.get(7);
    for (int i = 0; i < second.length; i++) {
      assertThat(Math.round(255 * seconds[5 * second.length + i])).isEqualTo(second[i] & 0xFF);
    }
  }

  @Test
  void aPartHasItsOwnTargets() throws IOException {
    for (TargetStore targets : kinds(true)) {
      try (DataSet data = DataSets.of("kinds", images(6), targets);
          DataSet.Split split = data.split(0.5, 3)) {
        int size = split.heldOut().count();
        assertThat(size + split.remainder().count()).isEqualTo(6);
        assertThat(size).isEqualTo(3);
        List<Object> whole = batch(data);
        for (DataSet part : List.of(split.remainder(), split.heldOut())) {
          List<Object> values = batch(part);
          for (int i = 0; i < part.count(); i++) {
            int index = Integer.parseInt(part.itemName(i));
            for (int component = 0; component < values.size(); component++) {
              assertThat(row(values.get(component), part.count(), i))
                  .isEqualTo(row(whole.get(component), 6, index));
            }
          }
        }
      }
    }
  }

  private static List<Double> row(Object values, int rows, int row) {
    int length = Array.getLength(values) / rows;
    return IntStream.range(row * length, (row + 1) * length)
        .mapToObj(i -> ((Number) Array.get(values, i)).doubleValue())
        .toList();
  }

  @Test
  void digestDistinguishesTargetsImagesAndParts() throws IOException {
    List<String> digests = new ArrayList<>();
    for (boolean changed : new boolean[] {false, true}) {
      for (TargetStore targets : kinds(changed)) {
        boolean none = targets instanceof NoTargets;
        List<SampleImage> images = new ArrayList<>(images(6));
        if (none && changed) {
          images.set(5, pixels(TestImages.image(9, 7, 77)));
        }
        try (DataSet data = DataSets.of("kinds", images, targets);
            DataSet.Split split = data.split(0.5, 3)) {
          digests.add(data.digest());
          digests.add(split.remainder().digest());
          digests.add(split.heldOut().digest());
        }
      }
    }
    assertThat(digests).doesNotHaveDuplicates();
    try (DataSet again = DataSets.of("other name", images(6), kinds(false).get(2))) {
      assertThat(again.digest()).isEqualTo(digests.get(6));
    }
  }

  @Test
  void classesFollowAnotherListOfNames() throws IOException {
    List<String> names = List.of("z", "c", "b", "a");
    List<TargetStore> kinds = kinds(true);
    for (int kind : new int[] {0, 1, 4}) {
      try (DataSet data = DataSets.of("kinds", images(6), kinds.get(kind));
          DataSet renamed = data.withClasses(names)) {
        assertThat(renamed.classNames()).isEqualTo(names);
        assertThat(renamed.digest()).isNotEqualTo(data.digest());
        List<Object> values = batch(renamed);
        if (kind == 0) {
          assertThat(renamed.labels()).containsExactly(3, 2, 1, 3, 2, 1);
        } else if (kind == 1) {
          assertThat((float[]) values.get(0)).startsWith(0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0);
        } else {
          assertThat((int[]) values.get(0)).containsExactly(3, 2, -1, -1, 1, 2, 3, 2, 2, 2, 1, 2);
        }
      }
    }
    try (DataSet numbers = DataSets.of("kinds", images(6), kinds.get(2))) {
      assertThatThrownBy(() -> numbers.withClasses(names))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("numbers: expected " + String.join(", ", names) + ", but got x, y.");
    }
    kinds.get(5).release();
  }

  @Test
  void unknownClassListsTheClasses() throws IOException {
    try (DataSet data = DataSets.of("kinds", images(6), kinds(false).get(2))) {
      assertThat(data.classNames()).isEmpty();
      assertThat(data).hasToString("kinds: 6 images with the numbers x, y");
      String end = ": expected one class for each item, but got the numbers x, y in kinds.";
      assertThatThrownBy(data::labels)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("labels" + end);
      assertThatThrownBy(() -> data.requireClasses(2)).hasMessage("data" + end);
      PipelineSettings settings = PipelineSettings.evaluation(6, 9, 7, Augmentation.none());
      assertThatThrownBy(
              () -> new PipelineOutputs(data, settings, input -> List.of(input.labels())).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("targets: expected Classes, but got the numbers x, y in kinds.");
      assertThatThrownBy(
              () -> new PipelineOutputs(data, settings, input -> List.of(input.features())).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("data: expected arrays of numbers, but got images in kinds.");
      data.contactSheet(folder.resolve("sheet.png"));
      assertThat(folder.resolve("sheet.png")).exists();
    }
  }

  @Test
  void imagesOfAnySourceAndSizeGiveTheirPixels() throws IOException {
    BufferedImage image = TestImages.image(13, 10, 3);
    BufferedImage other = TestImages.image(6, 11, 4);
    TestImages.write(folder.resolve("one.png"), TestImages.encode(image, "png"));
    byte[] raw = rgb(image);
    float[] floats = new float[raw.length];
    for (int i = 0; i < raw.length; i++) {
      floats[i] = (raw[i] & 0xFF) / 255f;
    }
    List<SampleImage> forms =
        List.of(
            SampleImage.file(folder.resolve("one.png")),
            SampleImage.encoded(TestImages.encode(image, "png")),
            SampleImage.pixels(13, 10, raw),
            SampleImage.pixels(13, 10, floats));
    for (SampleImage form : forms) {
      for (List<SampleImage> images : List.of(List.of(form), List.of(form, pixels(other)))) {
        try (DataSet data = DataSets.of("forms", images, new NoTargets(images.size()))) {
          PipelineSettings settings = PipelineSettings.evaluation(1, 13, 10, Augmentation.none());
          try (PipelineOutputs batches =
              new PipelineOutputs(data, settings, input -> List.of(input.images()))) {
            float[] delivered = (float[]) batches.first(0).get(0);
            for (int i = 0; i < raw.length; i++) {
              assertThat(Math.round(255 * delivered[i])).isEqualTo(raw[i] & 0xFF);
            }
          }
        }
      }
    }
  }

  @Test
  void unusableSamplesAreSkippedWithTheirTargets() throws IOException {
    byte[] good = TestImages.png(8, 8, 1);
    List<Sample<float[]>> samples =
        List.of(
            new Sample<>("first", SampleImage.encoded(good), new float[] {1}),
            new Sample<>(
                "text",
                SampleImage.encoded("no image".getBytes(StandardCharsets.UTF_8)),
                new float[] {2}),
            new Sample<>(
                "half", SampleImage.encoded(Arrays.copyOf(good, good.length / 2)), new float[] {3}),
            new Sample<>("last", SampleImage.encoded(TestImages.png(9, 8, 2)), new float[] {4}));
    DataSets.Column<float[]> column = values -> NumberTargets.of(List.of("y"), values);
    try (DataSet data = DataSets.collect("samples", samples.iterator(), column)) {
      assertThat(data.count()).isEqualTo(2);
      assertThat(data.itemName(1)).isEqualTo("last");
      assertThat(data.skipped())
          .containsExactly(
              new SkippedItem("text", "is not a JPEG, PNG, GIF or BMP image"),
              new SkippedItem("half", "is truncated"));
      assertThat((float[]) batch(data).get(0)).containsExactly(1, 4);
    }
    OpenSettings strict = OpenSettings.defaults().withStrict(true);
    assertThatThrownBy(() -> DataSets.collect("samples", samples.iterator(), column, strict))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("samples: expected only usable images");
  }

  /** Checkpoints hold digests, so these must never change. */
  @Test
  void classDigestsAreStable() throws IOException {
    try (DataSet data = new Textures(Textures.Split.TRAIN, 5, 16, 3).open();
        DataSet.Split split = data.split(0.4, 5)) {
      assertThat(data.digest())
          .isEqualTo("995b0d201bbb7d4fab5825fd70d06ffa722f02bde010bec27244804ad348b626");
      assertThat(split.heldOut().digest())
          .isEqualTo("d6dd781485668102b9a460fb5970a9586b83d4fed27808f9529c8f5255406ec9");
      try (DataSet wide = split.remainder().withClasses(withAnother(data.classNames()))) {
        assertThat(wide.digest())
            .isEqualTo("c52ebb246879505ef966a2f8f4c744684faf343e89693e6b347f4dcfed662a84");
      }
    }
  }

  private static List<String> withAnother(List<String> names) {
    List<String> more = new ArrayList<>(names);
    more.add(0, "zzz");
    return more;
  }
}
