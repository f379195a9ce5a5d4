package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Tower;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

class NormTest {

  private static final Shape MAP = Shape.of(3, 4, 5, 6);

  static List<Norm> norms() {
    return List.of(
        BatchNorm.defaults(),
        new GroupNorm(2, 1e-3f, 1f),
        new GroupNorm(6, 1e-5f, 1f),
        InstanceNorm.defaults(),
        LayerNorm.defaults());
  }

  // The values of a map (3, 4, 5, 6) that are normalised together.
  private static IntUnaryOperator together(Norm norm) {
    if (norm instanceof BatchNorm) {
      return i -> i % 6;
    }
    int groups =
        norm instanceof GroupNorm own ? own.groups() : norm instanceof InstanceNorm ? 6 : 1;
    return i -> i / 120 * groups + i % 6 / (6 / groups);
  }

  private static double epsilon(Norm norm) {
    return norm instanceof GroupNorm own ? own.epsilon() : 1e-5f;
  }

  /** Mean and sum of squares about it, per set. */
  private static double[][] moments(float[] x, IntUnaryOperator set, int sets) {
    double[] sum = new double[sets];
    double[] count = new double[sets];
    for (int i = 0; i < x.length; i++) {
      sum[set.applyAsInt(i)] += x[i];
      count[set.applyAsInt(i)]++;
    }
    double[] mean = IntStream.range(0, sets).mapToDouble(s -> sum[s] / count[s]).toArray();
    double[] squares = new double[sets];
    for (int i = 0; i < x.length; i++) {
      int s = set.applyAsInt(i);
      squares[s] += (x[i] - mean[s]) * (x[i] - mean[s]);
    }
    return new double[][] {mean, squares, count};
  }

  @ParameterizedTest
  @MethodSource("norms")
  void normalisesEachGroupWithScaleAndOffset(Norm norm) {
    try (LayerTrial trial = LayerTrial.training(norm, MAP).scatter()) {
      float[] x = trial.input();
      IntUnaryOperator set = together(norm);
      double[][] moments = moments(x, set, 18);
      float[] gamma = trial.variable("gamma");
      float[] beta = trial.variable("beta");
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        int s = set.applyAsInt(i);
        double variance = moments[1][s] / moments[2][s];
        double plain = (x[i] - moments[0][s]) / Math.sqrt(variance + epsilon(norm));
        expected[i] = plain * gamma[i % 6] + beta[i % 6];
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void startsPlainOrAtZero(Norm norm) {
    try (LayerTrial plain = LayerTrial.training(norm, MAP);
        LayerTrial zero = LayerTrial.training(norm.zeroInitialised(), MAP)) {
      assertThat(plain.variable("gamma")).containsOnly(1f);
      assertThat(plain.variable("beta")).containsOnly(0f);
      assertThat(zero.variable("gamma")).containsOnly(0f);
      assertThat(zero.output()).containsOnly(0f);
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void staysFiniteOnConstantMapsAndSinglePixels(Norm norm) {
    float[] constant = new float[2 * 3 * 3 * 6];
    Arrays.fill(constant, 4f);
    try (LayerTrial trial =
            LayerTrial.of(norm, Tower.training(), Shape.of(2, 3, 3, 6), constant).scatter();
        LayerTrial single = LayerTrial.training(norm, Shape.of(1, 1, 1, 6)).scatter()) {
      trial.checkFinite();
      single.checkFinite();
    }
  }

  @Test
  void batchNormMovesItsStatisticsByTheUnbiasedVariance() {
    try (LayerTrial trial = LayerTrial.training(BatchNorm.defaults(), MAP).scatter()) {
      double[][] moments = moments(trial.input(), together(BatchNorm.defaults()), 6);
      float[] mean = trial.variable("moving_mean");
      float[] variance = trial.variable("moving_variance");
      trial.update();
      double[] movedMean = new double[6];
      double[] movedVariance = new double[6];
      for (int c = 0; c < 6; c++) {
        movedMean[c] = 0.9 * mean[c] + 0.1 * moments[0][c];
        movedVariance[c] = 0.9 * variance[c] + 0.1 * moments[1][c] / (3 * 4 * 5 - 1);
      }
      ArrayAssertions.assertClose(trial.variable("moving_mean"), movedMean);
      ArrayAssertions.assertClose(trial.variable("moving_variance"), movedVariance);
    }
  }

  @Test
  void batchNormTakesOneValueAsVarianceZero() {
    try (LayerTrial trial = LayerTrial.training(BatchNorm.defaults(), Shape.of(1, 1, 1, 3))) {
      assertThat(trial.output()).containsOnly(0f);
      trial.update();
      assertThat(trial.variable("moving_variance")).containsOnly(0.9f);
    }
  }

  @Test
  void batchNormUsesStoredStatisticsInInference() {
    BatchNorm norm = new BatchNorm(0.5f, 0.9f, 1f, true);
    try (LayerTrial trial = LayerTrial.inference(norm, Shape.of(2, 2, 2, 2))) {
      trial.assign("gamma", 2f, 3f).assign("beta", 1f, -1f);
      assertThat(trial.context().updates()).isEmpty();
      float[] x = trial.input();
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        expected[i] = x[i] / Math.sqrt(1.5) * (i % 2 == 0 ? 2 : 3) + (i % 2 == 0 ? 1 : -1);
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
  }

  @Test
  void batchNormTakesMatrices() {
    try (LayerTrial trial = LayerTrial.training(BatchNorm.defaults(), Shape.of(7, 6)).scatter()) {
      double[][] moments = moments(trial.input(), i -> i % 6, 6);
      float[] variance = trial.variable("moving_variance");
      trial.checkGradients();
      trial.update();
      double[] moved = new double[6];
      for (int c = 0; c < 6; c++) {
        moved[c] = 0.9 * variance[c] + 0.1 * moments[1][c] / 6;
      }
      ArrayAssertions.assertClose(trial.variable("moving_variance"), moved);
      assertThat(trial.shape()).isEqualTo(Shape.of(7, 6));
    }
  }

  @Test
  void rejectsMismatches() {
    assertThatThrownBy(() -> LayerTrial.training(GroupNorm.defaults(), MAP))
        .hasMessage("groups: expected a divisor of the 6 channels, but got 32.");
    assertThatThrownBy(() -> new GroupNorm(0, 1e-5f, 1f)).hasMessageContaining("groups");
    assertThatThrownBy(() -> new BatchNorm(-1f, 0.9f, 1f, true)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new BatchNorm(Float.NaN, 0.9f, 1f, true))
        .hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new BatchNorm(1e-5f, 1.1f, 1f, true)).hasMessageContaining("decay");
  }
}
