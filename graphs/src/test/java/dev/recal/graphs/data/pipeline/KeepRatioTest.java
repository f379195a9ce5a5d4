package dev.recal.graphs.data.pipeline;

import static dev.recal.graphs.data.pipeline.SizedImages.MIXED;
import static dev.recal.graphs.data.pipeline.SizedImages.epoch;
import static dev.recal.graphs.data.pipeline.SizedImages.hashes;
import static dev.recal.graphs.data.pipeline.SizedImages.items;
import static dev.recal.graphs.data.pipeline.SizedImages.open;
import static dev.recal.graphs.data.pipeline.SizedImages.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.pipeline.SizedImages.Delivered;
import dev.recal.graphs.data.pipeline.SizedImages.Side;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.source.Textures;
import dev.recal.ops.GraphScope;
import dev.recal.ops.image.Images;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  @Test
  void imagesOfAnySizeFollowTheRuleOnOneCanvas() throws IOException {
    for (int[] canvas : new int[][] {{12, 10}, {1, 1}}) {
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
        assertThat(hashes(epoch(memory, epoch, 0))).isEqualTo(hashes(expected));
        for (List<Delivered> batch : expected) {
          batch.forEach(image -> image.assertFollows(MIXED, 20, 30));
          mirrored += (int) batch.stream().filter(image -> image.box()[1] > 0).count();
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
            float pixel = actual.get(image).pixels()[3 * (30 * y + x)];
            float same =
                y < 20 && x < 27 ? expected.get(image).pixels()[3 * (27 * y + x)] : 1e5f * pixel;
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
          int height = (int) image.size()[0];
          int width = (int) image.size()[1];
          boolean whole = height < 20 && width < 30;
          padded += whole ? 1 : 0;
          cropped += height == 20 && width == 30 ? 1 : 0;
          int wrong = 0;
          for (int pixel = 0; pixel < 20 * 30; pixel++) {
            boolean inside = pixel / 30 < height && pixel % 30 < width;
            wrong += image.pixels()[3 * pixel] > 0.4 == inside ? 0 : 1;
          }
          assertThat(wrong).isZero();
          assertThat(image.box()[2]).isLessThanOrEqualTo(height);
          assertThat(image.box()[3]).isLessThanOrEqualTo(width);
        }
        assertThat(hashes(epoch(outputs, epoch, 1))).isEqualTo(hashes(batches.subList(1, 2)));
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
          heights.add(image.size()[0]);
          image.assertFollows(same, (int) image.size()[0], 60);
        }
        assertThat(hashes(epoch(outputs, epoch, 1))).isEqualTo(hashes(batches.subList(1, 2)));
      }
    }
    assertThat(heights).containsExactly(16f, 17f, 18f, 19f, 20f);
  }

  @Test
  void servedFilesAreThoseOfEvaluation() throws IOException {
    byte[] landscape = TestImages.png(24, 32, 1);
    byte[] portrait = TestImages.png(50, 20, 2);
    Augmentation.KeepRatio keep = new Augmentation.KeepRatio(20, 30, true);
    try (Graph graph = new Graph();
        TString bytes = TString.tensorOfBytes(NdArrays.vectorOfObjects(landscape, portrait))) {
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
        assertThat(floats(result, 2))
            .isEqualTo(floats(result, 3))
            .isEqualTo(evaluated(landscape, portrait));
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
