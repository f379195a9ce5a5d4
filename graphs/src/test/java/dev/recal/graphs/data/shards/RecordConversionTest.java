package dev.recal.graphs.data.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.Batches;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.source.TfRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordConversionTest {
  @TempDir Path folder;
  private Path images;
  private Path target;

  @BeforeEach
  void drawImages() throws IOException {
    images = folder.resolve("images");
    target = folder.resolve("shards");
    TestImages.folder(images, 3, 5, 8, 9);
    TestImages.write(images.resolve("class1/photo.jpg"), TestImages.jpeg(20, 31, 7));
    Files.writeString(images.resolve("class2/note.txt"), "no image");
  }

  private RecordConversion conversion(int shards) {
    return new RecordConversion(images, target, shards, 5, 2, false);
  }

  private static Map<String, float[]> pixelsByName(DataSet data) throws IOException {
    Map<String, float[]> pixels = new HashMap<>();
    try (Batches batches =
        new Batches(data, PipelineSettings.evaluation(1, 8, 8, Augmentation.none()))) {
      List<Batches.Batch> epoch = batches.epoch(0, 0);
      for (int i = 0; i < data.count(); i++) {
        pixels.put(
            data.classNames().get(data.labels()[i]) + " " + data.itemName(i),
            epoch.get(i).image(0));
      }
    }
    return pixels;
  }

  @Test
  void shardsHoldWhatTheFolderHolds() throws IOException {
    List<Integer> received = new ArrayList<>();
    RecordConversion.Summary summary = conversion(4).run((done, all) -> received.add(done));
    assertThat(summary.images()).isEqualTo(16);
    assertThat(summary.classes()).isEqualTo(3);
    assertThat(summary.found()).isZero();
    assertThat(summary.skipped()).extracting(SkippedItem::name).containsExactly("class2/note.txt");
    assertThat(received).hasSize(4).isSorted().endsWith(16);

    try (DataSet expected = new ImageFolder(images).open();
        DataSet shards = new RecordShards(target).open();
        DataSet plain = new TfRecords(shardFiles()).open()) {
      assertThat(shards.classNames()).isEqualTo(expected.classNames());
      assertThat(plain.classNames()).isEqualTo(expected.classNames());
      assertThat(plain.labels()).isEqualTo(shards.labels());
      Map<String, float[]> want = pixelsByName(expected);
      Map<String, float[]> got = pixelsByName(shards);
      assertThat(got.keySet()).isEqualTo(want.keySet());
      want.forEach((name, pixels) -> assertThat(got.get(name)).as(name).isEqualTo(pixels));
      // Shuffled, so that sequential reads contain all classes.
      assertThat(shards.labels()).isNotEqualTo(expected.labels());
    }
  }

  private List<Path> shardFiles() throws IOException {
    try (var files = Files.list(target)) {
      return files.filter(file -> file.toString().endsWith(".tfrecord")).sorted().toList();
    }
  }

  @Test
  void convertsOnlyMissingShards() throws IOException {
    conversion(4).run((done, all) -> {});
    List<Path> files = shardFiles();
    byte[] third = Files.readAllBytes(files.get(2));
    byte[] last = Files.readAllBytes(files.get(3));
    FileTime oldTime = FileTime.fromMillis(1_000_000);
    for (Path file : files) {
      Files.setLastModifiedTime(file, oldTime);
    }
    // Killed between the file and its index, and a truncated file.
    Files.delete(target.resolve("images-00002-of-00004.index"));
    Files.write(files.get(3), Arrays.copyOf(last, last.length - 3));
    assertThatThrownBy(() -> new RecordShards(target).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("images-00002-of-00004.index")
        .hasMessageContaining("run it again");

    RecordConversion.Summary summary = conversion(4).run((done, all) -> {});
    assertThat(summary.found()).isEqualTo(2);
    assertThat(summary.images()).isEqualTo(16);
    assertThat(Files.readAllBytes(files.get(2))).isEqualTo(third);
    assertThat(Files.readAllBytes(files.get(3))).isEqualTo(last);
    assertThat(Files.getLastModifiedTime(files.get(0))).isEqualTo(oldTime);
    try (DataSet data = new RecordShards(target).open()) {
      assertThat(data.count()).isEqualTo(16);
    }
  }

  @Test
  void damageIsNamed() throws IOException {
    conversion(2).run((done, all) -> {});
    Path file = shardFiles().get(1);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> new RecordShards(target).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + ": expected " + bytes.length + " bytes");
    Files.write(file, bytes);

    Path index = target.resolve("images-00000-of-00002.index");
    byte[] stored = Files.readAllBytes(index);
    stored[stored.length / 2] ^= 4;
    Files.write(index, stored);
    assertThatThrownBy(() -> new RecordShards(target).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(index + " is damaged")
        .hasMessageContaining("checksum");

    Files.writeString(target.resolve("records.json"), "{\"format\": 9}");
    assertThatThrownBy(() -> new RecordShards(target).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("records.json is damaged");
    Files.delete(target.resolve("records.json"));
    assertThatThrownBy(() -> new RecordShards(target).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("contains no records.json");
  }

  /** Its header is sound; only decoding shows the damage. */
  @Test
  void undecodableImagesAreSkippedOrRejected() throws IOException {
    byte[] damaged = TestImages.png(16, 16, 2);
    Arrays.fill(damaged, 60, damaged.length - 40, (byte) 0x55);
    TestImages.write(images.resolve("class1/undecodable.png"), damaged);
    assertThatThrownBy(
            () -> new RecordConversion(images, target, 2, 5, 2, true).run((done, all) -> {}))
        .hasMessageContaining("strict is set, but 2 are not: class2/note.txt");
    assertThat(target).doesNotExist();

    RecordConversion.Summary summary = conversion(2).run((done, all) -> {});
    assertThat(summary.images()).isEqualTo(16);
    assertThat(summary.skipped())
        .anySatisfy(
            item -> {
              assertThat(item.name()).isEqualTo("class1/undecodable.png");
              assertThat(item.reason()).startsWith("cannot be decoded (");
            });
    try (DataSet data = new RecordShards(target).open()) {
      assertThat(pixelsByName(data)).hasSize(16);
    }
  }

  @Test
  void rejectsOtherContentOrSettings() throws IOException {
    conversion(2).run((done, all) -> {});
    byte[] first = Files.readAllBytes(shardFiles().get(0));
    assertThatThrownBy(() -> conversion(3).run((done, all) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 16 images in 2 shards");
    TestImages.write(images.resolve("class0/more.png"), TestImages.png(8, 8, 3));
    assertThatThrownBy(() -> conversion(2).run((done, all) -> {}))
        .hasMessageContaining("and other content");
    assertThat(Files.readAllBytes(shardFiles().get(0))).isEqualTo(first);

    RecordConversion strict = new RecordConversion(images, folder.resolve("s"), 2, 0, 1, true);
    assertThatThrownBy(() -> strict.run((done, all) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("note.txt");
    RecordConversion full = new RecordConversion(images, images, 2, 0, 1, false);
    assertThatThrownBy(() -> full.run((done, all) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a new or empty directory");
    RecordConversion many = new RecordConversion(images, folder.resolve("s"), 18, 0, 1, false);
    assertThatThrownBy(() -> many.run((done, all) -> {}))
        .hasMessageContaining("shards: expected at most the number of images, 17, but got 18");
    assertThat(folder.resolve("s")).doesNotExist();
  }

  @Test
  void imagesReplacedByOthersOfTheirNamesAndSizesAreOtherContent() throws IOException {
    conversion(2).run((done, all) -> {});
    ShardPlan plan = ShardPlan.read(target);
    // Begun by a version that compared names and sizes only.
    plan.withoutContents(FolderScan.withConvertible(images).without(List.of())).write(target);
    assertThat(ShardPlan.read(target)).isNotEqualTo(plan);
    assertThat(conversion(2).run((done, all) -> {}).found()).isEqualTo(2);

    plan.write(target);
    Path image = images.resolve("class0/0.png");
    byte[] content = Files.readAllBytes(image);
    content[content.length - 1] ^= 1;
    Files.write(image, content);
    assertThatThrownBy(() -> conversion(2).run((done, all) -> {}))
        .hasMessageContaining("and other content");
  }
}
