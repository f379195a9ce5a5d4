package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** Images without classes, and epochs of several passes over few of them. */
class ImageCollectionTest {

  private static final Augmentation PLAIN = Augmentation.none();

  @TempDir Path directory;

  @Test
  void readsFoldersAtAnyDepth() throws IOException {
    TestImages.write(directory.resolve("b.png"), TestImages.png(40, 20, 1));
    TestImages.write(directory.resolve("inner/deeper/a.jpg"), TestImages.jpeg(8, 64, 2));
    TestImages.write(
        directory.resolve("inner/grey.png"),
        TestImages.encode(TestImages.image(50, 50, BufferedImage.TYPE_BYTE_GRAY, 3), "png"));
    TestImages.write(
        directory.resolve("alpha.png"),
        TestImages.encode(TestImages.image(50, 50, BufferedImage.TYPE_INT_ARGB, 3), "png"));
    Files.writeString(directory.resolve("broken.png"), "no image");
    Files.writeString(directory.resolve("notes.txt"), "text");
    byte[] cut = TestImages.jpeg(64, 64, 4);
    TestImages.write(directory.resolve("cut.jpg"), Arrays.copyOf(cut, cut.length / 3));

    try (DataSet data = new ImageCollection(directory).open()) {
      assertThat(IntStream.range(0, data.count()).mapToObj(data::itemName))
          .contains("alpha.png", "b.png", "inner/deeper/a.jpg", "inner/grey.png");
      assertThat(data.classNames()).containsExactly(ImageCollection.CLASS);
      assertThat(data.labels()).containsOnly(0);
      assertThat(data.skipped().stream().map(SkippedItem::toString))
          .anyMatch(text -> text.startsWith("broken.png"))
          .anyMatch(text -> text.startsWith("notes.txt"));
      assertThat(data.countSmallerThan(32)).isEqualTo(2);
      assertThat(data.countSmallerThan(8)).isZero();
      try (Graph graph = new Graph();
          InputPipeline input =
              InputPipeline.build(
                  Ops.create(graph), data, PipelineSettings.training(2, 16, 16, PLAIN, 1));
          Session session = new Session(graph)) {
        input.start(session, 0, 0);
        try (var result = session.runner().fetch(input.images()).run()) {
          assertThat(result.get(0).shape().asArray()).containsExactly(2, 16, 16, 3);
        }
      }
    }
  }

  @Test
  void takesAFolderOfAnArchiveAndASingleFile() throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("train/cat/1.png", TestImages.png(8, 8, 1));
    members.put("train/cat/2.png", TestImages.png(8, 8, 2));
    members.put("train/dog/1.png", TestImages.png(8, 8, 3));
    Path zip = directory.resolve("all.zip");
    TestImages.zip(zip, members, true);
    try (DataSet all = new ImageCollection(zip).open();
        DataSet cats = new ImageCollection(zip, "train/cat").open()) {
      assertThat(all.count()).isEqualTo(3);
      assertThat(cats.count()).isEqualTo(2);
      assertThat(cats.countSmallerThan(9)).isEqualTo(2);
    }
    TestImages.write(directory.resolve("one.png"), TestImages.png(8, 8, 1));
    TestImages.write(directory.resolve("other.png"), TestImages.png(8, 8, 2));
    try (DataSet one = new ImageCollection(directory.resolve("one.png")).open()) {
      assertThat(one.count()).isEqualTo(1);
    }
  }

  @Test
  void rejectsSourcesWithoutImages() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(() -> new ImageCollection(empty).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected images (.jpg, .png, .gif, .bmp), but found no files.");
    Files.writeString(empty.resolve("broken.png"), "no image");
    assertThatThrownBy(() -> new ImageCollection(empty).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("contains no usable images");
    assertThatThrownBy(() -> new ImageCollection(directory.resolve("absent")).open())
        .hasMessageContaining("absent does not exist.");
    assertThatThrownBy(() -> new ImageCollection(empty, "inner").open())
        .hasMessageContaining("folder: expected no folder because");
  }

  private int[] labels(DataSet data, PipelineSettings settings, long epoch) throws IOException {
    try (Graph graph = new Graph();
        InputPipeline input = InputPipeline.build(Ops.create(graph), data, settings);
        Session session = new Session(graph)) {
      input.start(session, epoch, 0);
      int[] all = new int[Math.toIntExact(input.imagesPerEpoch())];
      for (int batch = 0; batch < input.batchesPerEpoch(); batch++) {
        try (var result = session.runner().fetch(input.labels()).run()) {
          TInt32 labels = (TInt32) result.get(0);
          for (int i = 0; i < labels.size(); i++) {
            all[batch * settings.batch() + i] = labels.getInt(i);
          }
        }
      }
      return all;
    }
  }

  /** Three images of one class each, so that labels identify the chosen images. */
  @Test
  void severalPassesShowEachImageOnceAPass() throws IOException {
    TestImages.folder(directory, 3, 1, 8, 8);
    try (DataSet data = new ImageFolder(directory).open()) {
      PipelineSettings settings = PipelineSettings.training(8, 8, 8, PLAIN, 1).withPasses(8, false);
      int[] drawn = labels(data, settings, 0);
      assertThat(drawn).hasSize(24);
      for (int pass = 0; pass < 8; pass++) {
        assertThat(IntStream.range(3 * pass, 3 * pass + 3).map(i -> drawn[i]))
            .containsExactlyInAnyOrder(0, 1, 2);
      }
      assertThat(labels(data, settings, 0)).isEqualTo(drawn);
      assertThat(labels(data, settings, 1)).isNotEqualTo(drawn);
    }
  }

  @Test
  void drawingWithReplacementMayShowOneImageTwice() throws IOException {
    TestImages.folder(directory, 3, 1, 8, 8);
    try (DataSet data = new ImageFolder(directory).open()) {
      PipelineSettings settings =
          PipelineSettings.training(8, 8, 8, PLAIN, 1).withPasses(200, true);
      int[] drawn = labels(data, settings, 0);
      assertThat(drawn).hasSize(600);
      for (int label = 0; label < 3; label++) {
        int expected = label;
        // 200 ± 4 standard deviations.
        assertThat(IntStream.of(drawn).filter(l -> l == expected).count()).isBetween(154L, 246L);
      }
      assertThat(IntStream.range(0, 200).filter(i -> drawn[3 * i] == drawn[3 * i + 1]).count())
          .isBetween(40L, 94L);
      assertThat(labels(data, settings, 0)).isEqualTo(drawn);
    }
  }

  /** Two images that no listing of the folder tells apart. */
  @Test
  void theContentOfFilesBelongsToTheDigest() throws IOException {
    Path first = directory.resolve("a.bmp");
    TestImages.write(first, bmp(1));
    TestImages.write(directory.resolve("b.bmp"), bmp(2));
    String digest;
    List<String> earlier;
    try (DataSet data = new ImageCollection(directory).open()) {
      digest = data.digest();
      earlier = data.earlierDigests();
      // As checkpoints of earlier versions hold it: names, sizes and no checksums.
      Digest expected = new Digest();
      expected.add("a.bmp").add(Files.size(first)).add(0).add("b.bmp").add(Files.size(first));
      expected.add(0).addAll(data.classNames(), name -> name);
      data.targets().addTo(expected, new int[] {0, 1});
      assertThat(earlier).containsExactly(expected.toHex());
    }
    FileTime time = Files.getLastModifiedTime(first);
    TestImages.write(first, bmp(3));
    Files.setLastModifiedTime(first, time);
    try (DataSet data = new ImageCollection(directory).open()) {
      assertThat(data.digest()).isNotEqualTo(digest);
      assertThat(data.earlierDigests()).isEqualTo(earlier);
      try (DataSet.Split split = data.split(0.5, 1)) {
        assertThat(split.remainder().earlierDigests())
            .hasSize(1)
            .doesNotContain(split.remainder().digest());
      }
    }
    TestImages.write(first, bmp(1));
    Files.setLastModifiedTime(first, FileTime.fromMillis(1));
    try (DataSet data = new ImageCollection(directory).open()) {
      assertThat(data.digest()).isEqualTo(digest);
    }
  }

  // Not compressed: all of one size.
  private static byte[] bmp(int seed) throws IOException {
    return TestImages.encode(TestImages.image(8, 8, BufferedImage.TYPE_3BYTE_BGR, seed), "bmp");
  }
}
