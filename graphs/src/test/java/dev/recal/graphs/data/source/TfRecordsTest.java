package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.Batches;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.ops.records.RecordChecksum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

class TfRecordsTest {
  @TempDir Path folder;

  private static byte[] example(byte[] image, long label, String text) {
    Features.Builder features = Features.newBuilder();
    features.putFeature("image/encoded", bytes(image));
    features.putFeature(
        "image/class/label",
        Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(label)).build());
    if (text != null) {
      features.putFeature("image/class/text", bytes(text.getBytes()));
    }
    return Example.newBuilder().setFeatures(features).build().toByteArray();
  }

  private static Feature bytes(byte[] bytes) {
    return Feature.newBuilder()
        .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFrom(bytes)))
        .build();
  }

  private static byte[] record(byte[] data) {
    ByteBuffer buffer = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(data.length);
    buffer.putInt(RecordChecksum.masked(buffer.array(), 0, 8));
    buffer.put(data);
    buffer.putInt(RecordChecksum.masked(data, 0, data.length));
    return buffer.array();
  }

  private Path file(String name, byte[]... examples) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] data : examples) {
      bytes.write(record(data));
    }
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }

  @Test
  void recordsAreShuffledAndReadByOffset() throws IOException {
    byte[][] first = new byte[4][];
    byte[][] second = new byte[4][];
    for (int i = 0; i < 4; i++) {
      first[i] = example(TestImages.png(8, 8 + i, i), 10, "zebra");
      second[i] = example(TestImages.jpeg(9, 8 + i, 9 + i), 7, "yak");
    }
    TfRecords source =
        new TfRecords(List.of(file("1.tfrecord", first), file("2.tfrecord", second)));
    PipelineSettings settings =
        PipelineSettings.training(2, 8, 8, Augmentation.none(), 3).withMemoryLimitBytes(0);
    try (DataSet data = source.open();
        Batches batches = new Batches(data, settings)) {
      assertThat(data.classNames()).containsExactly("yak", "zebra");
      assertThat(data.labels()).containsExactly(1, 1, 1, 1, 0, 0, 0, 0);
      assertThat(data.itemName(5)).isEqualTo("2.tfrecord#1");
      List<Batches.Batch> whole = batches.epoch(0, 0);
      float[] pixels = Batches.pixels(whole);
      assertThat(Batches.pixels(batches.epoch(0, 2)))
          .isEqualTo(Arrays.copyOfRange(pixels, pixels.length / 2, pixels.length));
      int[] labels = Batches.labels(whole);
      assertThat(labels).containsExactlyInAnyOrder(1, 1, 1, 1, 0, 0, 0, 0);
      assertThat(labels).isNotEqualTo(new int[] {1, 1, 1, 1, 0, 0, 0, 0});

      TestImages.write(folder.resolve("f/a/x.png"), TestImages.png(8, 8, 0));
      TestImages.write(folder.resolve("f/b/y.jpg"), TestImages.jpeg(9, 8, 9));
      try (DataSet files = new ImageFolder(folder.resolve("f")).open();
          Batches expected =
              new Batches(files, PipelineSettings.evaluation(2, 8, 8, Augmentation.none()));
          Batches inOrder =
              new Batches(data, PipelineSettings.evaluation(8, 8, 8, Augmentation.none()))) {
        Batches.Batch want = expected.epoch(0, 0).get(0);
        Batches.Batch got = inOrder.epoch(0, 0).get(0);
        assertThat(got.image(0)).isEqualTo(want.image(0));
        assertThat(got.image(4)).isEqualTo(want.image(1));
      }
    }
  }

  @Test
  void nestedGroupsOnlyLoseTheirRecord() throws IOException {
    // Example.features, Features.feature: a map entry of groups that overflowed the stack.
    byte[] groups = new byte[300_000];
    Arrays.fill(groups, 0, 150_000, (byte) 0x7b);
    Arrays.fill(groups, 150_000, 300_000, (byte) 0x7c);
    ByteString bytes = ByteString.copyFrom(groups);
    for (int i = 0; i < 2; i++) {
      ByteString.Output output = ByteString.newOutput();
      CodedOutputStream coded = CodedOutputStream.newInstance(output);
      coded.writeBytes(1, bytes);
      coded.flush();
      bytes = output.toByteString();
    }
    byte[] image = TestImages.png(8, 8, 1);
    Path file =
        file("1.tfrecord", example(image, 0, "a"), bytes.toByteArray(), example(image, 1, "b"));
    try (DataSet data = new TfRecords(List.of(file)).open()) {
      assertThat(data.count()).isEqualTo(2);
      assertThat(data.skipped()).hasSize(1);
      assertThat(data.skipped().get(0).toString()).contains("1.tfrecord#1");
    }
  }

  @Test
  void damagedRecordsAreNamedAndSkipped() throws IOException {
    byte[] image = TestImages.png(8, 8, 1);
    Path good = file("good", example(image, 3, null), "junk".getBytes(), example(image, 4, null));
    Path noImage = file("poor", example(new byte[] {1, 2}, 3, null), example(image, 3, "x"));
    byte[] bytes =
        Files.readAllBytes(file("cut", example(image, 3, null), example(image, 4, null)));
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 7));
    bytes[bytes.length - 9] ^= 1;
    Path flipped = Files.write(folder.resolve("flipped"), bytes);
    Path text = Files.writeString(folder.resolve("text"), "This is not a TFRecord file.");
    try (DataSet data = new TfRecords(List.of(good, noImage, cut, flipped, text)).open()) {
      assertThat(data.classNames()).containsExactly("3", "4");
      assertThat(data.count()).isEqualTo(5);
      assertThat(data.skipped().stream().map(SkippedItem::name))
          .containsExactly("good#1", "poor#0", "cut#1", "flipped#1", "text#0");
      assertThat(data.skipped().get(2).reason())
          .isEqualTo(
              "is truncated (at byte "
                  + (bytes.length / 2)
                  + "); the rest of the file cannot be read");
      assertThat(data.skipped().get(3).reason()).startsWith("has data that does not match");
      assertThat(data.skipped().get(4).reason()).startsWith("is not a TFRecord file");
    }
    assertThatThrownBy(() -> new TfRecords(List.of(text)).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "contains no usable images (1 skipped: text#0 is not a TFRecord file");
    assertThatThrownBy(() -> new TfRecords(List.of(folder.resolve("none"))).open())
        .hasMessageContaining("none is not a file");
    TfRecords otherKey = new TfRecords(List.of(good), "image", "label", "text");
    assertThatThrownBy(otherKey::open).hasMessageContaining("has no image in feature image");
  }

  private static byte[] labelled(byte[] image, String label) {
    Features.Builder features = Features.newBuilder();
    features.putFeature("image/encoded", bytes(image));
    features.putFeature("image/class/label", bytes(label.getBytes()));
    return Example.newBuilder().setFeatures(features).build().toByteArray();
  }

  @Test
  void damagedRecordOnlyLosesThatRecord() throws IOException {
    byte[][] examples = new byte[5][];
    for (int i = 0; i < 5; i++) {
      examples[i] = example(TestImages.png(8, 8, i), i % 2, null);
    }
    byte[] sound = Files.readAllBytes(file("sound", examples));
    int length = examples[0].length + 16;
    for (int damage : new int[] {0, 9, 40, length, length + 3, length + 9, length + 60}) {
      byte[] bytes = sound.clone();
      bytes[damage] ^= 4;
      int lost = damage / length;
      Path file = Files.write(folder.resolve("damaged"), bytes);
      try (DataSet data = new TfRecords(List.of(file)).open();
          DataSet expected = new TfRecords(List.of(folder.resolve("sound"))).open();
          Batches batches = evaluation(data);
          Batches whole = evaluation(expected)) {
        assertThat(data.skipped().stream().map(SkippedItem::name))
            .containsExactly("damaged#" + lost);
        assertThat(data.count()).isEqualTo(4);
        Batches.Batch got = batches.epoch(0, 0).get(0);
        Batches.Batch want = whole.epoch(0, 0).get(0);
        for (int i = 0; i < 4; i++) {
          int original = i < lost ? i : i + 1;
          assertThat(data.itemName(i)).isEqualTo("damaged#" + original);
          assertThat(got.image(i)).isEqualTo(want.image(original));
          assertThat(got.labels()[i]).isEqualTo(want.labels()[original]);
        }
      }
    }
  }

  private static Batches evaluation(DataSet data) throws IOException {
    PipelineSettings settings = PipelineSettings.evaluation(8, 8, 8, Augmentation.none());
    return new Batches(data, settings.withMemoryLimitBytes(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GZIP", "ZLIB"})
  void patternsNameFilesAndCompressedOnesAreReadIntoMemory(String compression) throws IOException {
    byte[] first = example(TestImages.png(8, 8, 1), 3, null);
    byte[] second = example(TestImages.png(8, 8, 2), 4, null);
    Path plain = file("train-00001-of-00002", first);
    Path zipped = folder.resolve("train-00000-of-00002");
    byte[] content = Files.readAllBytes(file("other", second, first));
    try (OutputStream file = Files.newOutputStream(zipped);
        OutputStream out =
            compression.equals("GZIP")
                ? new GZIPOutputStream(file)
                : new DeflaterOutputStream(file)) {
      out.write(content);
    }
    TfRecords source = new TfRecords(List.of(folder.resolve("train-*")));
    try (DataSet data = source.open();
        DataSet expected = new TfRecords(List.of(folder.resolve("other"), plain)).open();
        Batches batches = evaluation(data);
        Batches whole = evaluation(expected)) {
      assertThat(data.labels()).containsExactly(1, 0, 0);
      assertThat(data.itemName(0)).isEqualTo("train-00000-of-00002#0");
      assertThat(Batches.pixels(batches.epoch(0, 0))).isEqualTo(Batches.pixels(whole.epoch(0, 0)));
    }
    byte[] whole = Files.readAllBytes(zipped);
    Files.write(zipped, Arrays.copyOf(whole, whole.length - 30));
    try (DataSet data = source.open()) {
      assertThat(data.skipped()).hasSize(1);
      assertThat(data.skipped().get(0).reason()).contains("a damaged part of a compressed file");
    }
    OpenSettings small = OpenSettings.defaults().withMemoryLimitBytes(10);
    assertThatThrownBy(() -> source.open(small))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decompress them, or raise the limit");
    assertThatThrownBy(() -> new TfRecords(List.of(folder.resolve("test-*"))).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no file matches ");
  }

  @Test
  void textCanBeTheLabel() throws IOException {
    byte[] image = TestImages.png(8, 8, 1);
    Path file =
        file("texts", labelled(image, "zebra"), labelled(image, "ant"), labelled(image, "zebra"));
    try (DataSet data = new TfRecords(List.of(file)).open()) {
      assertThat(data.classNames()).containsExactly("ant", "zebra");
      assertThat(data.labels()).containsExactly(1, 0, 1);
    }
  }

  @Test
  void minusOneMeansNoLabelUnlessItIsAClass() throws IOException {
    byte[] image = TestImages.png(8, 8, 1);
    Path marked =
        file("marked", example(image, -1, null), example(image, 0, null), example(image, 1, null));
    try (DataSet data = new TfRecords(List.of(marked)).open()) {
      assertThat(data.classNames()).containsExactly("0", "1");
      assertThat(data.skipped())
          .containsExactly(new SkippedItem("marked#0", "has the label -1, which means none"));
    }
    assertThatThrownBy(
            () -> new TfRecords(List.of(marked)).open(OpenSettings.defaults().withStrict(true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("marked#0 has the label -1");
    Path binary = file("binary", example(image, -1, null), example(image, 1, null));
    try (DataSet data = new TfRecords(List.of(binary)).open()) {
      assertThat(data.classNames()).containsExactly("-1", "1");
    }
    Path named =
        file(
            "named", example(image, -1, "bad"), example(image, 0, "ok"), example(image, 1, "good"));
    try (DataSet data = new TfRecords(List.of(named)).open()) {
      assertThat(data.classNames()).containsExactly("bad", "ok", "good");
    }
    Path none = file("none", example(image, -1, null), example(image, -1, null));
    assertThatThrownBy(() -> new TfRecords(List.of(none)).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has the label -1");
  }
}
