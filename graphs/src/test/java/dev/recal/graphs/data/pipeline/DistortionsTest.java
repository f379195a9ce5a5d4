package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.source.Textures;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Balanced sampling, RandAugment and random erasing in the pipeline. */
class DistortionsTest {
  private static final Textures TEXTURES = new Textures(Textures.Split.TRAIN, 5, 20, 0);

  private static PipelineSettings settings(long memory) {
    return PipelineSettings.training(8, 16, 16, Augmentation.padCropFlip(), 42)
        .withSampling(Sampling.BALANCED)
        .withMemoryLimitBytes(memory)
        .withDistortions(
            new Distortions(
                Optional.of(new RandAugment(2, 15)),
                Optional.of(new RandomErasing(0.5, 0.1, 0.3, 0.5, RandomErasing.Fill.NOISE))));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 24})
  void resumesBitIdenticallyAtAnyBatchAndInParts(long memory) throws IOException {
    PipelineSettings all = settings(memory);
    try (DataSet data = TEXTURES.open();
        Batches whole = new Batches(data, all);
        Batches right = new Batches(data, all.withShare(new Share(1, 2)))) {
      List<Batches.Batch> expected = whole.epoch(3, 0);
      assertThat(whole.epoch(3, 4).get(1).images()).isEqualTo(expected.get(5).images());
      Batches.Batch part = right.epoch(3, 5).get(0);
      float[] pixels = expected.get(5).images();
      assertThat(part.images())
          .isEqualTo(Arrays.copyOfRange(pixels, pixels.length / 2, pixels.length));
      assertThat(part.labels()).isEqualTo(Arrays.copyOfRange(expected.get(5).labels(), 4, 8));
    }
  }

  @Test
  void memoryAndStreamGiveTheSamePixels() throws IOException {
    try (DataSet data = TEXTURES.open();
        Batches memory = new Batches(data, settings(1 << 24));
        Batches stream = new Batches(data, settings(0))) {
      assertThat(Batches.pixels(stream.epoch(1, 2))).isEqualTo(Batches.pixels(memory.epoch(1, 2)));
    }
  }

  @Test
  void distortionsAreRefusedInEvaluation() {
    assertThatThrownBy(
            () ->
                PipelineSettings.evaluation(2, 8, 8, Augmentation.none())
                    .withDistortions(
                        new Distortions(Optional.of(RandAugment.defaults()), Optional.empty())))
        .hasMessageStartingWith("distortions: expected none in evaluation");
    assertThatThrownBy(
            () ->
                PipelineSettings.evaluation(2, 8, 8, Augmentation.none())
                    .withSampling(Sampling.BALANCED))
        .hasMessageStartingWith("sampling: expected 'shuffled'");
  }

  private static float[] erased(RandomErasing settings, int images) {
    int height = 20;
    int width = 30;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TInt64> key = tf.constant(11L);
      Operand<TInt64> first = tf.constant(0L);
      Operand<TFloat32> result =
          RandomErasingGraph.apply(
              tf,
              tf.fill(tf.constant(new int[] {images, height, width, 3}), tf.constant(2f)),
              RandomRows.uniform(tf, key, first, tf.constant(images), RandomErasingGraph.COLUMNS),
              settings,
              height,
              width,
              columns -> RandomRows.normal(tf, key, first, tf.constant(images), columns));
      try (Session session = new Session(graph);
          Result run = session.runner().fetch(result).run()) {
        TFloat32 tensor = (TFloat32) run.get(0);
        float[] values = new float[(int) tensor.size()];
        tensor.copyTo(DataBuffers.of(values));
        return values;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RandomErasing.Fill.class)
  void aRectangleOfAnAllowedAreaIsErased(RandomErasing.Fill fill) {
    int images = 200;
    int pixels = 20 * 30;
    float[] values = erased(new RandomErasing(0.4, 0.05, 0.25, 0.5, fill), images);
    int changed = 0;
    for (int image = 0; image < images; image++) {
      int top = 20;
      int bottom = -1;
      int left = 30;
      int right = -1;
      int count = 0;
      for (int place = 0; place < pixels; place++) {
        float value = values[3 * (image * pixels + place)];
        if (value != 2f) {
          count++;
          top = Math.min(top, place / 30);
          bottom = Math.max(bottom, place / 30);
          left = Math.min(left, place % 30);
          right = Math.max(right, place % 30);
          if (fill == RandomErasing.Fill.MEAN) {
            assertThat(value).isEqualTo(0.485f);
          }
        }
      }
      if (count > 0) {
        changed++;
        assertThat(count).isEqualTo((bottom - top + 1) * (right - left + 1));
        // Sides are rounded to pixels.
        assertThat(count / (double) pixels).isBetween(0.03, 0.29);
      }
    }
    assertThat(changed / (double) images).isCloseTo(0.4, within(0.12));
  }
}
