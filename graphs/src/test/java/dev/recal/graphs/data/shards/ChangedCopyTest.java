package dev.recal.graphs.data.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.source.TfRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangedCopyTest {

  private static final String SETTINGS = "seed 1";

  @TempDir private Path folder;
  private Path shards;
  private final List<String> changed = new ArrayList<>();

  @BeforeEach
  void makeShards() throws IOException {
    Path images = folder.resolve("images");
    TestImages.folder(images, 3, 4, 8, 9);
    shards = folder.resolve("shards");
    new RecordConversion(images, shards, 3, 5, 1, false).run((done, all) -> {});
  }

  // A grey image that depends on the name.
  private byte[] change(String name, byte[] file) {
    changed.add(name);
    float[] pixels = new float[5 * 6 * 3];
    Arrays.fill(pixels, (name.hashCode() & 255) / 255f);
    ImageGrid grid = new ImageGrid(1, 1, 5, 6);
    grid.put(0, 0, pixels, 0);
    return PngFiles.bytes(grid.image());
  }

  private ChangedCopy.Summary copy(Path target, ChangedCopy.Change change) throws IOException {
    // As for a set of more than 512 MiB, which is not decoded beforehand.
    OpenSettings settings = OpenSettings.defaults().withValidation(Validation.HEADERS);
    try (DataSet data = new RecordShards(shards).open(settings)) {
      return new ChangedCopy(data, target, 3, SETTINGS).run(change, (done, all) -> {});
    }
  }

  @Test
  void copyHasTheNamesClassesAndOrderOfItsSource() throws IOException {
    Path target = folder.resolve("copy");
    ChangedCopy.Summary summary = copy(target, this::change);
    assertThat(summary).isEqualTo(new ChangedCopy.Summary(12, 0, List.of()));
    try (DataSet expected = new RecordShards(shards).open();
        DataSet found = new RecordShards(target).open();
        DataSet plain = new TfRecords(List.of(target.resolve("images-*.tfrecord"))).open()) {
      assertThat(names(found)).isEqualTo(names(expected)).isEqualTo(changed);
      assertThat(found.labels()).isEqualTo(expected.labels()).isEqualTo(plain.labels());
      assertThat(found.classNames()).isEqualTo(expected.classNames());
      assertThat(found.images().height(0)).isEqualTo(5);
    }
  }

  private static List<String> names(DataSet data) {
    return IntStream.range(0, data.count()).mapToObj(data::itemName).toList();
  }

  @Test
  void interruptedCopyEqualsAnUninterruptedOne() throws IOException {
    Path whole = folder.resolve("whole");
    copy(whole, this::change);
    Path broken = folder.resolve("broken");
    changed.clear();
    assertThatThrownBy(() -> copy(broken, this::changeThatFailsAtTheSeventh))
        .hasMessage("no space");
    // As if the process had been killed while it wrote the sixth record.
    cut(broken.resolve("images-00001-of-00003.tfrecord.part"), 3);
    changed.clear();
    ChangedCopy.Summary summary = copy(broken, this::change);

    assertThat(summary.kept()).isEqualTo(5);
    assertThat(changed).hasSize(7);
    assertThat(contents(broken)).isEqualTo(contents(whole));
    changed.clear();
    assertThat(copy(broken, this::change).kept()).isEqualTo(12);
    assertThat(changed).isEmpty();
  }

  private byte[] changeThatFailsAtTheSeventh(String name, byte[] file) throws IOException {
    if (changed.size() == 6) {
      throw new IOException("no space");
    }
    return change(name, file);
  }

  private static void cut(Path file, int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - bytes);
    }
  }

  // Text is compared as text, to see where it differs.
  private static Map<String, String> contents(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.collect(
          Collectors.toMap(
              file -> file.getFileName().toString(),
              ChangedCopyTest::content,
              (a, b) -> a,
              TreeMap::new));
    }
  }

  private static String content(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void unusableRecordsAreLeftOutWithTheirReasons() throws IOException {
    String damaged = damage(shards.resolve("images-00000-of-00003.tfrecord"));
    Path whole = folder.resolve("whole");
    ChangedCopy.Summary summary = copy(whole, this::changeOfMostImages);

    assertThat(summary.written()).isEqualTo(10);
    assertThat(summary.skipped()).extracting(SkippedItem::name).contains(damaged).hasSize(2);
    assertThat(summary.skipped()).extracting(SkippedItem::reason).contains("is a sketch");
    assertThat(ShardPlan.read(whole).skipped()).isEqualTo(summary.skipped());
    try (DataSet found = new RecordShards(whole).open()) {
      assertThat(names(found)).doesNotContain(damaged).hasSize(10);
    }
    // They are named again by a call that finds everything done.
    assertThat(copy(whole, this::changeOfMostImages).skipped()).isEqualTo(summary.skipped());
  }

  private byte[] changeOfMostImages(String name, byte[] file)
      throws ImageHeader.UnusableImageException {
    if (name.equals("class2/1.png")) {
      throw new ImageHeader.UnusableImageException("is a sketch");
    }
    return change(name, file);
  }

  // Damages the pixels of the second record; returns its name.
  private String damage(Path shard) throws IOException {
    try (DataSet data = new RecordShards(shards).open()) {
      byte[] bytes = Files.readAllBytes(shard);
      ShardIndex index = ShardIndex.read(shards.resolve("images-00000-of-00003.index"), 0);
      long second = index.offsets()[1];
      for (int i = 0; i < 40; i++) {
        bytes[(int) second + 60 + i] ^= 0x55;
      }
      Files.write(shard, bytes);
      return data.itemName(1);
    }
  }

  @Test
  void copyOfOtherSettingsIsNotContinued() throws IOException {
    Path target = folder.resolve("copy");
    copy(target, this::change);
    try (DataSet data = new RecordShards(shards).open()) {
      ChangedCopy other = new ChangedCopy(data, target, 3, "seed 2");
      assertThatThrownBy(() -> other.run(this::change, (done, all) -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("begun with other images, settings");
    }
  }
}
