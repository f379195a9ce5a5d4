package dev.recal.ops.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class NumericGradientTest {

  private static final float[] POINT = {0.5f, -1, 2, 0.25f};

  // Σ x³, with the gradient 3 x².
  private static final ToDoubleFunction<float[]> CUBES =
      point -> {
        double sum = 0;
        for (float value : point) {
          sum += (double) value * value * value;
        }
        return sum;
      };

  @Test
  void acceptsCorrectAndRejectsWrongGradients() {
    float[] right = {0.75f, 3, 12, 0.1875f};
    assertThat(NumericGradient.compare("x", POINT, right, CUBES))
        .hasSize(2)
        .allMatch(NumericGradient::agrees);
    for (int i = 0; i < right.length; i++) {
      float[] wrong = right.clone();
      wrong[i] += 1.5f;
      List<NumericGradient> compared = NumericGradient.compare("x", POINT, wrong, CUBES);
      assertThat(compared).anyMatch(one -> !one.agrees());
      assertThat(compared.toString()).contains("name=x");
    }
  }

  @Test
  void toleratesKinksWithinTheStep() {
    ToDoubleFunction<float[]> rectified = point -> Math.max(0, point[0]);
    assertThat(NumericGradient.compare("x", new float[] {1.5e-4f}, new float[] {1}, rectified))
        .allMatch(NumericGradient::agrees);
  }

  @Test
  void nonFiniteValuesNeverAgree() {
    assertThat(NumericGradient.compare("x", POINT, new float[] {Float.NaN, 3, 12, 0}, CUBES))
        .noneMatch(NumericGradient::agrees);
    assertThat(NumericGradient.compare("x", POINT, new float[4], point -> Double.NaN))
        .noneMatch(NumericGradient::agrees);
  }

  @Test
  void rejectsWrongNumberOfValues() {
    assertThatThrownBy(() -> NumericGradient.compare("x", POINT, new float[3], CUBES))
        .hasMessage("gradient: expected the 4 values of x, but got 3.");
  }
}
