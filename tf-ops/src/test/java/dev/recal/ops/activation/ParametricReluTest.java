package dev.recal.ops.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Tower;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

class ParametricReluTest {

  @Test
  void eachChannelHasASlopeBelowZero() {
    float[] x = {2, -2, 3, -0.5f, 1, -4};
    try (LayerTrial trial =
        LayerTrial.of(ParametricRelu.defaults(), Tower.training(), Shape.of(1, 1, 3, 2), x)) {
      assertThat(trial.variable("slope")).containsExactly(0.25f, 0.25f);
      ArrayAssertions.assertClose(trial.output(), new double[] {2, -0.5, 3, -0.125, 1, -1});
      trial.assign("slope", 0.1f, -2);
      ArrayAssertions.assertClose(trial.output(), new double[] {2, 4, 3, 1, 1, 8});
      trial.checkGradients();
    }
  }

  @Test
  void rejectsSlopeThatIsNotFinite() {
    assertThatThrownBy(() -> new ParametricRelu(Float.NaN)).hasMessageContaining("initial");
  }
}
