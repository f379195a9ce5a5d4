package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.targets.NoTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.data.targets.TargetBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

/** Data sets of arrays of numbers. */
class FeatureDataSetsTest {
  @Test
  void arraysAreShuffledWithTheirTargets() throws IOException {
    float[] values = new float[10 * 6];
    float[][] sums = new float[10][1];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * i % 17;
      sums[i / 6][0] += values[i];
    }
    NumberTargets targets = NumberTargets.of(List.of("sum"), sums);
    try (DataSet data = DataSets.ofFeatures("sums", Shape.of(2, 3), values, targets);
        DataSet.Split split = data.split(0.2, 1);
        PipelineOutputs batches =
            new PipelineOutputs(
                split.remainder(),
                PipelineSettings.featureTraining(4, 5),
                input ->
                    List.of(input.features(), input.targets(TargetBatch.Numbers.class).values()))) {
      assertThat(data.featureShape()).contains(Shape.of(2, 3));
      assertThat(data).hasToString("sums: 10 items with the numbers sum");
      assertThat(batches.pipeline.features().shape()).isEqualTo(Shape.of(4, 2, 3));
      assertThat(batches.pipeline.batchesPerEpoch()).isEqualTo(2);
      List<Float> order = new ArrayList<>();
      for (List<Object> batch : List.of(batches.first(0), batches.next())) {
        float[] features = (float[]) batch.get(0);
        float[] delivered = (float[]) batch.get(1);
        for (int i = 0; i < 4; i++) {
          float sum = 0;
          for (int j = 0; j < 6; j++) {
            sum += features[6 * i + j];
          }
          assertThat(delivered[i]).isEqualTo(sum);
          order.add(sum);
        }
      }
      assertThat((float[]) batches.first(0).get(1))
          .containsExactly(order.get(0), order.get(1), order.get(2), order.get(3));
      assertThatThrownBy(() -> batches.pipeline.images())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("data: expected images, but got arrays of numbers in sums");
    }
  }

  @Test
  void arraysOfNumbersAreNotAugmented() throws IOException {
    try (DataSet data =
        DataSets.ofFeatures("numbers", new float[][] {{1}, {2}}, new NoTargets(2))) {
      DataSetsArgumentsTest.assertRefused(
          () ->
              new PipelineOutputs(
                      data,
                      PipelineSettings.training(1, 1, 1, Augmentation.padCropFlip(), 0),
                      input -> List.of(input.features()))
                  .close(),
          "augmentation: expected none for arrays of numbers, but got PadCropFlip[padding=4,"
              + " flip=true] and ColourJitter[brightness=0.0, contrast=0.0, saturation=0.0].");
    }
  }
}
