package dev.recal.ops.dynamic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.dynamic.DynamicRegionConv.Generator;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

/** The first values of what generates DRConv's filters. */
class FirstFiltersTest {

  @Test
  void expertsStartAsSpecified() {
    DynamicRegionConv layer = DynamicRegionConv.ofExperts().sized(4, 1);
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(1, 4, 4, 20))) {
      double bound = Math.sqrt(6.0 / 180);
      float[] experts = trial.variable("experts");
      double largest = 0;
      for (float value : experts) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(largest).isLessThanOrEqualTo(bound + 1e-6).isGreaterThan(0.98 * bound);
      assertThat(trial.variable("routing/bias")).containsOnly(0f);
      double squares = 0;
      for (float value : trial.variable("routing/kernel")) {
        squares += value * value;
      }
      assertThat(Math.sqrt(squares / (20 * 64))).isBetween(0.009, 0.011);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void regionsStartWithTheSameMatricesUnlessToldOtherwise(boolean equal) {
    DynamicRegionConv layer =
        new DynamicRegionConv(Generator.POOLED, 4, 3, 1, Optional.empty(), 16, 8, 1, false, equal);
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(1, 4, 4, 20))) {
      float[] kernel = trial.variable("generator/expand/kernel");
      int block = 16 * 20;
      assertThat(kernel).hasSize(4 * 4 * block);
      double squares = 0;
      for (int matrix = 0; matrix < 4; matrix++) {
        int from = matrix * 4 * block;
        float[] first = Arrays.copyOfRange(kernel, from, from + block);
        for (int region = 1; region < 4; region++) {
          int start = from + region * block;
          float[] other = Arrays.copyOfRange(kernel, start, start + block);
          assertThat(Arrays.equals(first, other)).isEqualTo(equal);
        }
        for (float value : first) {
          squares += value * value;
        }
      }
      // A filter, the sum of 4 matrices by halves, has He's variance.
      assertThat(squares / (4 * block)).isBetween(0.9 * 8 / (4 * 9 * 20), 1.1 * 8 / (4 * 9 * 20));
    }
    assertThat(DynamicRegionConv.defaults().equalStart()).isTrue();
  }
}
