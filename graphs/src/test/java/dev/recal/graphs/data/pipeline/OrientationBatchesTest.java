package dev.recal.graphs.data.pipeline;

import static dev.recal.graphs.data.pipeline.SizedImages.MIXED;
import static dev.recal.graphs.data.pipeline.SizedImages.epoch;
import static dev.recal.graphs.data.pipeline.SizedImages.hashes;
import static dev.recal.graphs.data.pipeline.SizedImages.items;
import static dev.recal.graphs.data.pipeline.SizedImages.open;
import static dev.recal.graphs.data.pipeline.SizedImages.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.SizedImages.Delivered;
import dev.recal.graphs.data.pipeline.SizedImages.Side;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Batches of images of one orientation. */
class OrientationBatchesTest {
  private static final Augmentation.KeepRatio SMALL = new Augmentation.KeepRatio(20, 30, false);

  @Test
  void evaluationDeliversAllLandscapesThenAllPortraits() throws IOException {
    try (DataSet data = set(MIXED);
        PipelineOutputs outputs = open(data, PipelineSettings.evaluation(2, 20, 30, SMALL))) {
      assertThat(outputs.pipeline.images().shape().asArray()).containsExactly(-1, -1, -1, 3);
      assertThat(outputs.pipeline.batchesPerEpoch()).isEqualTo(5);
      assertThat(outputs.pipeline.imagesPerEpoch()).isEqualTo(9);
      List<List<Delivered>> batches = epoch(outputs, 0, 0);
      assertThat(items(batches)).containsExactly(0, 2, 4, 7, 1, 3, 5, 6, 8);
      assertShapes(batches);
      for (int first : new int[] {1, 3}) {
        assertThat(hashes(epoch(outputs, 0, first))).isEqualTo(hashes(batches.subList(first, 5)));
      }
    }
    List<Side> portraitsOnly = List.of(new Side(9, 4), new Side(8, 5), new Side(7, 6));
    try (DataSet data = set(portraitsOnly);
        PipelineOutputs outputs = open(data, PipelineSettings.evaluation(2, 30, 20, SMALL))) {
      assertThat(items(epoch(outputs, 0, 0))).containsExactly(0, 1, 2);
    }
  }

  private static void assertShapes(List<List<Delivered>> batches) {
    for (List<Delivered> batch : batches) {
      for (Delivered image : batch) {
        boolean portrait = MIXED.get(image.item()).portrait();
        assertThat(image.height()).isEqualTo(portrait ? 30 : 20);
        assertThat(image.width()).isEqualTo(portrait ? 20 : 30);
        image.assertFollows(MIXED, 20, 30);
      }
    }
  }

  @Test
  void trainingBatchesHaveOneOrientationAndEachImageOnce() throws IOException {
    Augmentation.KeepRatio flip = new Augmentation.KeepRatio(20, 30, true);
    // 4 landscape and 5 portrait images: two whole batches of each, one portrait image left over.
    PipelineSettings settings = PipelineSettings.training(2, 20, 30, flip, 3);
    Set<List<Integer>> orders = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    Set<Integer> seen = new TreeSet<>();
    try (DataSet data = set(MIXED);
        PipelineOutputs outputs = open(data, settings)) {
      assertThat(outputs.pipeline.images().shape().asArray()).containsExactly(2, -1, -1, 3);
      assertThat(outputs.pipeline.batchesPerEpoch()).isEqualTo(4);
      for (int epoch = 0; epoch < 4; epoch++) {
        List<List<Delivered>> batches = epoch(outputs, epoch, 0);
        assertThat(items(batches)).hasSize(8).doesNotHaveDuplicates();
        assertShapes(batches);
        orders.add(items(batches));
        seen.addAll(items(batches));
        int middle = 1 + epoch % 3;
        assertThat(hashes(epoch(outputs, epoch, middle)))
            .isEqualTo(hashes(batches.subList(middle, 4)));
      }
    }
    assertThat(orders).hasSize(4);
    assertThat(seen).hasSize(9);
  }

  @Test
  void imagesLeftOverFromBothOrientationsMakeOneMoreBatch() throws IOException {
    // 4 landscape and 5 portrait images: one whole batch of each, and one of two portrait and one
    // landscape image.
    PipelineSettings settings = PipelineSettings.training(3, 30, 20, SMALL, 3);
    try (DataSet data = set(MIXED);
        PipelineOutputs outputs = open(data, settings)) {
      List<List<Delivered>> batches = epoch(outputs, 1, 0);
      assertThat(batches).hasSize(3);
      assertShapes(batches.subList(0, 2));
      for (Delivered image : batches.get(2)) {
        assertThat(image.height()).isEqualTo(30);
        image.assertFollows(MIXED, 20, 30);
      }
      assertThat(new TreeSet<>(items(batches))).hasSize(9);
    }
  }

  @Test
  void orientationsOfEpochsOfSeveralPassesAndWithReplacement() throws IOException {
    PipelineSettings settings = PipelineSettings.training(4, 20, 30, SMALL, 3);
    try (DataSet data = set(MIXED)) {
      for (boolean replacement : new boolean[] {false, true}) {
        EpochOrder order = EpochOrder.of(data, settings.withPasses(3, replacement));
        // 12 landscape and 15 portrait positions.
        assertThat(order.batches()).isEqualTo(6);
        EpochOrder.Positions positions = order.of(5);
        assertThat(positions.images()).hasSize(27).isNotEqualTo(order.of(6).images());
        int[] counts = new int[9];
        for (int position = 0; position < 24; position++) {
          int image = positions.images()[position];
          assertThat(positions.portrait()[position])
              .isEqualTo(positions.portrait()[position / 4 * 4])
              .isEqualTo(MIXED.get(image).portrait());
          counts[image]++;
        }
        if (!replacement) {
          assertThat(counts).contains(3).doesNotContain(4);
        }
      }
    }
  }
}
