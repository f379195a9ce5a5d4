package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.shards.RecordConversion;
import dev.recal.graphs.data.shards.RecordShards;
import dev.recal.graphs.data.source.ImageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images with damage that the header does not show, in sets too large to decode when opened. */
class UnreadableImagesTest {
  private static final OpenSettings HEADERS =
      OpenSettings.defaults().withValidation(Validation.HEADERS);
  private static final String DAMAGED = "class1/damaged.png";

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    folder = temporary.resolve("images");
    TestImages.folder(folder, 2, 4, 16, 16);
    byte[] damaged = TestImages.png(16, 16, 2);
    Arrays.fill(damaged, 60, damaged.length - 40, (byte) 0x55);
    TestImages.write(folder.resolve(DAMAGED), damaged);
  }

  static Stream<Augmentation> augmentations() {
    return Stream.of(
        Augmentation.none(),
        Augmentation.padCropFlip(),
        Augmentation.randomResizedCrop(),
        Augmentation.centerCrop(20),
        new Augmentation.KeepRatio(12, 14, true));
  }

  private static PipelineSettings training(Augmentation augmentation, long memoryLimit) {
    return PipelineSettings.training(3, 16, 16, augmentation, 42).withMemoryLimitBytes(memoryLimit);
  }

  private static List<String> unreadable(DataSet data) {
    return data.unreadable().stream().map(SkippedItem::name).toList();
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void trainingTakesAnotherImageNamesTheDamagedOneAndResumesBitForBit(Augmentation augmentation)
      throws IOException {
    try (DataSet data = new ImageFolder(folder).open(HEADERS);
        Batches batches = new Batches(data, training(augmentation, 0))) {
      assertThat(data.count()).isEqualTo(9);
      assertThat(batches.pipeline.inMemory()).isFalse();
      List<Batches.Batch> whole = batches.epoch(5, 0);
      assertThat(whole).hasSize(3);
      assertThat(unreadable(data)).containsExactly(DAMAGED);
      assertThat(data.unreadable().get(0).reason()).startsWith("cannot be decoded (");
      List<Batches.Batch> rest = batches.epoch(5, 1);
      assertThat(Batches.pixels(rest)).isEqualTo(Batches.pixels(whole.subList(1, 3)));
      assertThat(Batches.labels(rest)).isEqualTo(Batches.labels(whole.subList(1, 3)));
      assertThat(unreadable(data)).containsExactly(DAMAGED);
    }
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void otherImagesAreUnaffected(Augmentation augmentation) throws IOException {
    Batches.Batch[] batches = new Batches.Batch[2];
    for (int run = 0; run < 2; run++) {
      try (DataSet data = new ImageFolder(folder).open(HEADERS);
          Batches all =
              new Batches(
                  data,
                  PipelineSettings.training(9, 16, 16, augmentation, 42).withMemoryLimitBytes(0))) {
        batches[run] = all.epoch(0, 0).get(0);
      }
      TestImages.write(folder.resolve(DAMAGED), TestImages.png(16, 16, 77));
    }
    int differing = 0;
    for (int position = 0; position < 9; position++) {
      boolean same = Arrays.equals(batches[0].image(position), batches[1].image(position));
      differing += same ? 0 : 1;
    }
    assertThat(differing).isEqualTo(1);
  }

  @Test
  void memoryAndStreamTakeTheSameImages() throws IOException {
    for (Augmentation augmentation : List.of(Augmentation.none(), Augmentation.padCropFlip())) {
      try (DataSet data = new ImageFolder(folder).open(HEADERS);
          Batches memory = new Batches(data, training(augmentation, 1 << 20));
          Batches stream = new Batches(data, training(augmentation, 0))) {
        assertThat(memory.pipeline.inMemory()).isTrue();
        assertThat(unreadable(data)).containsExactly(DAMAGED);
        List<Batches.Batch> expected = stream.epoch(1, 0);
        List<Batches.Batch> actual = memory.epoch(1, 0);
        assertThat(Batches.pixels(actual)).isEqualTo(Batches.pixels(expected));
        assertThat(Batches.labels(actual)).isEqualTo(Batches.labels(expected));
      }
    }
  }

  @Test
  void evaluationLeavesTheDamagedImageOut() throws IOException {
    PipelineSettings settings = PipelineSettings.evaluation(4, 16, 16, Augmentation.none());
    try (DataSet data = new ImageFolder(folder).open(HEADERS)) {
      for (long limit : new long[] {0, 1 << 20}) {
        try (Batches batches = new Batches(data, settings.withMemoryLimitBytes(limit))) {
          assertThat(Batches.labels(batches.epoch(0, 0))).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        }
      }
      assertThat(unreadable(data)).containsExactly(DAMAGED);
    }
  }

  @Test
  void damagedImagesDoNotMixShapesOfBatches() throws IOException {
    byte[] high = TestImages.png(20, 9, 5);
    TestImages.write(folder.resolve("class0/high.png"), high);
    TestImages.write(folder.resolve("class1/high.png"), high);
    Arrays.fill(high, 60, high.length - 40, (byte) 0x55);
    TestImages.write(folder.resolve("class1/damaged-high.png"), high);
    Augmentation.KeepRatio keep = new Augmentation.KeepRatio(12, 16, false);
    // 9 wide and 3 high images.
    try (DataSet data = new ImageFolder(folder).open(HEADERS);
        Batches training = new Batches(data, PipelineSettings.training(2, 12, 16, keep, 1));
        Batches evaluation = new Batches(data, PipelineSettings.evaluation(2, 12, 16, keep))) {
      List<Batches.Batch> whole = training.epoch(1, 0);
      assertThat(whole).hasSize(6);
      assertThat(Batches.pixels(training.epoch(1, 2)))
          .isEqualTo(Batches.pixels(whole.subList(2, 6)));
      assertThat(evaluation.pipeline.batchesPerEpoch()).isEqualTo(7);
      assertThat(Batches.labels(evaluation.epoch(0, 0)))
          .containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 0, 1);
      assertThat(unreadable(data)).containsExactly("class1/damaged-high.png", DAMAGED);
    }
  }

  @Test
  void fileDeletedAfterOpeningDoesNotStopTraining() throws IOException {
    try (DataSet data = new ImageFolder(folder).open(HEADERS);
        Batches batches = new Batches(data, training(Augmentation.none(), 0))) {
      Files.delete(folder.resolve("class0/1.png"));
      assertThat(batches.epoch(0, 0)).hasSize(3);
      assertThat(unreadable(data)).containsExactly("class0/1.png", DAMAGED);
    }
  }

  @Test
  void trainingEndsWithASentenceIfAllFilesAreLost() throws IOException {
    try (DataSet data = new ImageFolder(folder).open(HEADERS);
        Batches batches = new Batches(data, training(Augmentation.none(), 0))) {
      for (int i = 0; i < 4; i++) {
        Files.delete(folder.resolve("class0/" + i + ".png"));
        Files.delete(folder.resolve("class1/" + i + ".png"));
      }
      assertThatThrownBy(() -> batches.epoch(0, 0))
          .rootCause()
          .isInstanceOf(IOException.class)
          .hasMessageContaining("too many images in a row cannot be read; class")
          .hasMessageEndingWith("Check that the files are still there.");
    }
  }

  @Test
  void damagedShardRecordDoesNotStopTraining() throws IOException {
    Files.delete(folder.resolve(DAMAGED));
    Path shards = temporary.resolve("shards");
    new RecordConversion(folder, shards, 1, 1, 1, false).run((done, all) -> {});
    Path shard = shards.resolve("images-00000-of-00001.tfrecord");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[200] ^= 1;
    Files.write(shard, bytes);
    try (DataSet data = new RecordShards(shards).open(HEADERS);
        Batches batches = new Batches(data, training(Augmentation.none(), 0))) {
      assertThat(data.count()).isEqualTo(8);
      assertThat(batches.epoch(0, 0)).hasSize(2);
      assertThat(batches.epoch(1, 0)).hasSize(2);
      assertThat(batches.epoch(2, 0)).hasSize(2);
      assertThat(data.unreadable()).hasSize(1);
      assertThat(data.unreadable().get(0).reason()).contains(" in " + shard.getFileName());
    }
  }
}
