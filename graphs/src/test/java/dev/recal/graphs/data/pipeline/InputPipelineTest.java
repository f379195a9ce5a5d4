package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.source.TextureBytes;
import dev.recal.graphs.data.source.Textures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

class InputPipelineTest {
  private static final Textures TEXTURES = new Textures(Textures.Split.TRAIN, 5, 16, 3);
  private static final ColourJitter JITTER = new ColourJitter(0.4, 0.4, 0.4);

  @TempDir Path folder;

  static Stream<Arguments> augmentations() {
    return Stream.of(
            Augmentation.none(),
            Augmentation.padCropFlip(),
            Augmentation.randomResizedCrop(),
            Augmentation.centerCrop(20))
        .flatMap(
            augmentation ->
                Stream.of(
                    Arguments.of(augmentation, OpenSettings.DEFAULT_MEMORY_LIMIT),
                    Arguments.of(augmentation, 0L)));
  }

  private static PipelineSettings training(Augmentation augmentation, long memoryLimit) {
    return PipelineSettings.training(8, 16, 16, augmentation, 42)
        .withJitter(JITTER)
        .withMemoryLimitBytes(memoryLimit);
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void resumesBitIdenticallyAtAnyBatch(Augmentation augmentation, long memoryLimit)
      throws IOException {
    try (DataSet data = TEXTURES.open();
        Batches batches = new Batches(data, training(augmentation, memoryLimit))) {
      List<Batches.Batch> whole = batches.epoch(3, 0);
      assertThat(whole).hasSize(6);
      List<Batches.Batch> rest = batches.epoch(3, 4);
      assertThat(rest).hasSize(2);
      for (int i = 0; i < 2; i++) {
        assertThat(rest.get(i).images()).isEqualTo(whole.get(4 + i).images());
        assertThat(rest.get(i).labels()).isEqualTo(whole.get(4 + i).labels());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void partsOfBatchesAreTheWholeOnes(Augmentation augmentation, long memoryLimit)
      throws IOException {
    PipelineSettings settings = training(augmentation, memoryLimit);
    try (DataSet data = TEXTURES.open();
        Batches whole = new Batches(data, settings);
        Batches first = new Batches(data, settings.withShare(new Share(0, 2)));
        Batches second = new Batches(data, settings.withShare(new Share(1, 2)))) {
      List<Batches.Batch> expected = whole.epoch(3, 2);
      List<Batches.Batch> left = first.epoch(3, 2);
      List<Batches.Batch> right = second.epoch(3, 2);
      assertThat(left).hasSize(expected.size());
      assertThat(right).hasSize(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(joined(left.get(i).images(), right.get(i).images()))
            .isEqualTo(expected.get(i).images());
        assertThat(
                IntStream.concat(
                        IntStream.of(left.get(i).labels()), IntStream.of(right.get(i).labels()))
                    .toArray())
            .isEqualTo(expected.get(i).labels());
      }
    }
  }

  private static float[] joined(float[] left, float[] right) {
    float[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  @Test
  void partsOfDifferentSizesAreRefused() {
    assertThatThrownBy(() -> training(Augmentation.none(), 0).withShare(new Share(0, 3)))
        .hasMessage("batch: expected a multiple of the number of workers, 3, but got 8.");
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void isReproducibleAcrossProcesses(Augmentation augmentation, long memoryLimit)
      throws IOException {
    PipelineSettings settings = training(augmentation, memoryLimit);
    try (DataSet one = TEXTURES.open();
        DataSet two = TEXTURES.open();
        Batches first = new Batches(one, settings.withThreads(1));
        Batches second = new Batches(two, settings.withThreads(4))) {
      first.epoch(0, 0);
      assertThat(Batches.pixels(second.epoch(1, 0))).isEqualTo(Batches.pixels(first.epoch(1, 0)));
    }
  }

  @Test
  void memoryAndStreamGiveTheSamePixels() throws IOException {
    for (Augmentation augmentation :
        List.of(Augmentation.none(), Augmentation.padCropFlip(), Augmentation.centerCrop(20))) {
      try (DataSet data = TEXTURES.open();
          Batches memory =
              new Batches(data, training(augmentation, OpenSettings.DEFAULT_MEMORY_LIMIT));
          Batches stream = new Batches(data, training(augmentation, 0))) {
        assertThat(memory.pipeline.inMemory()).isTrue();
        assertThat(stream.pipeline.inMemory()).isFalse();
        assertThat(Batches.pixels(stream.epoch(2, 1)))
            .isEqualTo(Batches.pixels(memory.epoch(2, 1)));
      }
    }
  }

  @Test
  void theBatchSizeDoesNotChangeHowAnImageIsAugmented() throws IOException {
    for (Augmentation augmentation :
        List.of(Augmentation.padCropFlip(), Augmentation.randomResizedCrop())) {
      PipelineSettings eight = training(augmentation, 0);
      PipelineSettings five = PipelineSettings.training(5, 16, 16, augmentation, 42);
      try (DataSet data = TEXTURES.open();
          Batches large = new Batches(data, eight.withJitter(ColourJitter.NONE));
          Batches small = new Batches(data, five)) {
        float[] expected = Batches.pixels(large.epoch(7, 0));
        float[] actual = Batches.pixels(small.epoch(7, 0));
        assertThat(Arrays.copyOf(actual, expected.length)).isEqualTo(expected);
      }
    }
  }

  @Test
  void epochVisitsEachImageOnceInItsOwnOrder() throws IOException {
    PipelineSettings plain = PipelineSettings.training(10, 16, 16, Augmentation.none(), 1);
    PipelineSettings other = PipelineSettings.training(10, 16, 16, Augmentation.none(), 2);
    try (DataSet data = TEXTURES.open();
        Batches batches = new Batches(data, plain);
        Batches otherSeed = new Batches(data, other)) {
      List<Batches.Batch> first = batches.epoch(0, 0);
      int[] counts = new int[10];
      Arrays.stream(Batches.labels(first)).forEach(label -> counts[label]++);
      assertThat(counts).containsOnly(5);
      float[] pixels = Batches.pixels(first);
      long distinct =
          Stream.iterate(0, i -> i < 50, i -> i + 1)
              .map(i -> Arrays.hashCode(Arrays.copyOfRange(pixels, i * 768, (i + 1) * 768)))
              .distinct()
              .count();
      assertThat(distinct).isEqualTo(50);
      assertThat(Batches.labels(batches.epoch(1, 0))).isNotEqualTo(Batches.labels(first));
      assertThat(Batches.labels(otherSeed.epoch(0, 0))).isNotEqualTo(Batches.labels(first));
    }
  }

  @Test
  void randomAugmentationDiffersBetweenEpochs() throws IOException {
    PipelineSettings settings = training(Augmentation.padCropFlip(), 1 << 20);
    try (DataSet data = TEXTURES.open();
        Batches batches = new Batches(data, settings)) {
      float[] first = Batches.pixels(batches.epoch(0, 0));
      float[] second = Batches.pixels(batches.epoch(1, 0));
      assertThat(mean(first)).isNotEqualTo(mean(second));
      for (float value : first) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Test
  void evaluationKeepsTheOrderAndTheLastSmallerBatch() throws IOException {
    for (long limit : new long[] {0, 1 << 20}) {
      PipelineSettings settings =
          PipelineSettings.evaluation(16, 16, 16, Augmentation.none()).withMemoryLimitBytes(limit);
      try (DataSet data = TEXTURES.open();
          Batches batches = new Batches(data, settings)) {
        assertThat(batches.pipeline.batchesPerEpoch()).isEqualTo(4);
        assertThat(batches.pipeline.imagesPerEpoch()).isEqualTo(50);
        assertThat(batches.pipeline.images().shape().asArray()).containsExactly(-1, 16, 16, 3);
        List<Batches.Batch> all = batches.epoch(0, 0);
        assertThat(all.get(3).labels()).hasSize(2);
        assertThat(Batches.labels(all)).isEqualTo(data.labels());
        byte[] bytes = TextureBytes.of(0, 16, textureRandom(0, 0));
        float[] image = all.get(0).image(0);
        for (int i = 0; i < image.length; i++) {
          assertThat(image[i]).isEqualTo(Byte.toUnsignedInt(bytes[i]) * (1f / 255));
        }
      }
    }
  }

  private static SplitMix64 textureRandom(int label, int index) {
    return new SplitMix64(SplitMix64.mix(SplitMix64.mix(3, 0, label), index));
  }

  @Test
  void trainingDropsTheRemainderAndHasAStaticBatch() throws IOException {
    PipelineSettings settings = PipelineSettings.training(16, 8, 24, Augmentation.none(), 0);
    try (DataSet data = TEXTURES.open();
        Batches batches = new Batches(data, settings)) {
      assertThat(batches.pipeline.batchesPerEpoch()).isEqualTo(3);
      assertThat(batches.pipeline.images().shape()).isEqualTo(Shape.of(16, 8, 24, 3));
      assertThat(batches.pipeline.labels().shape()).isEqualTo(Shape.of(16));
      assertThat(batches.epoch(0, 2)).hasSize(1);
    }
  }

  @Test
  void streamsFilesOfDifferentSizes() throws IOException {
    for (int i = 0; i < 6; i++) {
      TestImages.write(
          folder.resolve("class" + i % 2 + "/" + i + ".jpg"), TestImages.jpeg(20 + i, 40 - i, i));
    }
    OpenSettings headers = OpenSettings.defaults().withValidation(Validation.HEADERS);
    for (OpenSettings settings : List.of(headers, OpenSettings.defaults())) {
      try (DataSet data = new ImageFolder(folder).open(settings);
          Batches batches =
              new Batches(
                  data,
                  PipelineSettings.training(3, 12, 12, Augmentation.randomResizedCrop(), 1))) {
        float[] whole = Batches.pixels(batches.epoch(5, 0));
        float[] rest = Batches.pixels(batches.epoch(5, 1));
        assertThat(rest).isEqualTo(Arrays.copyOfRange(whole, whole.length / 2, whole.length));
      }
    }
  }

  @Test
  void rejectsUnsupportedSettings() throws IOException {
    PipelineSettings tooLarge = PipelineSettings.training(51, 16, 16, Augmentation.none(), 0);
    try (DataSet data = TEXTURES.open()) {
      assertThatThrownBy(() -> new Batches(data, tooLarge))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "batch: expected at most 50, the number of images in textures (train), because the"
                  + " remainder is dropped, but got 51.");
      PipelineSettings settings = PipelineSettings.training(25, 16, 16, Augmentation.none(), 0);
      try (Batches batches = new Batches(data, settings)) {
        assertThatThrownBy(() -> batches.start(0, 2))
            .hasMessage("firstBatch: expected 0 to 1, but got 2.");
        assertThatThrownBy(() -> batches.start(-1, 0)).hasMessageContaining("epoch");
        batches.pipeline.close();
        assertThatThrownBy(() -> batches.start(0, 0)).hasMessageContaining("closed");
      }
    }
    assertThatThrownBy(() -> PipelineSettings.evaluation(1, 32, 32, Augmentation.centerCrop(31)))
        .hasMessageContaining("augmentation.resize: expected at least");
  }

  @Test
  void aPipelineOutlivesItsDataSet() throws IOException {
    DataSet data = TEXTURES.open();
    try (Batches batches =
        new Batches(data, PipelineSettings.training(8, 16, 16, Augmentation.none(), 0))) {
      data.close();
      data.close();
      assertThat(batches.epoch(0, 0)).hasSize(6);
    }
    assertThatThrownBy(
            () -> new Batches(data, PipelineSettings.evaluation(8, 16, 16, Augmentation.none())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The data set has been closed.");
  }
}
