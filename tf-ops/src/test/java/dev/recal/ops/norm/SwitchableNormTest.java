package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

class SwitchableNormTest {

  private static final Shape MAP = Shape.of(3, 4, 5, 6);
  private static final SwitchableNorm NORM = SwitchableNorm.defaults();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mixesTheStatisticsOfItsThreeNorms(boolean training) {
    Tower tower = training ? Tower.training() : Tower.inference();
    float[] x = LayerTrial.normal(MAP);
    for (int i = 0; i < x.length; i++) {
      // Samples and channels of different means and widths, so that no two norms agree.
      x[i] = x[i] * (1 + i / 120) + i % 6;
    }
    try (LayerTrial trial = LayerTrial.of(NORM, tower, MAP, x).scatter()) {
      ArrayAssertions.assertClose(trial.output(), expected(trial, training));
      trial.checkGradients();
    }
  }

  // Statistics from their definitions: sums over every pixel that belongs together.
  private static double[] expected(LayerTrial trial, boolean training) {
    float[] x = trial.input();
    double[] means = softmax(trial.variable("mean_weight"));
    double[] variances = softmax(trial.variable("variance_weight"));
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int n = i / 120;
      int c = i % 6;
      double[] instance = moments(x, n, c);
      double[] layer = moments(x, n, -1);
      double[] batch =
          training
              ? moments(x, -1, c)
              : new double[] {
                trial.variable("moving_mean")[c], trial.variable("moving_variance")[c]
              };
      double mean = means[0] * instance[0] + means[1] * layer[0] + means[2] * batch[0];
      double variance =
          variances[0] * instance[1] + variances[1] * layer[1] + variances[2] * batch[1];
      double plain = (x[i] - mean) / Math.sqrt(variance + 1e-5);
      y[i] = plain * trial.variable("gamma")[c] + trial.variable("beta")[c];
    }
    return y;
  }

  private static double[] moments(float[] x, int sample, int channel) {
    double sum = 0;
    double count = 0;
    for (int i = 0; i < x.length; i++) {
      if (belongs(i, sample, channel)) {
        sum += x[i];
        count++;
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      if (belongs(i, sample, channel)) {
        squares += (x[i] - mean) * (x[i] - mean);
      }
    }
    return new double[] {mean, squares / count};
  }

  private static boolean belongs(int i, int sample, int channel) {
    return (sample < 0 || i / 120 == sample) && (channel < 0 || i % 6 == channel);
  }

  private static double[] softmax(float[] logits) {
    double sum = 0;
    double[] weights = new double[logits.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(logits[i]);
      sum += weights[i];
    }
    double total = sum;
    return Arrays.stream(weights).map(weight -> weight / total).toArray();
  }

  @Test
  void equalsOneNormThatHasAllWeight() {
    List<Norm> norms = List.of(InstanceNorm.defaults(), LayerNorm.defaults(), BatchNorm.defaults());
    for (int kind = 0; kind < 3; kind++) {
      float[] logits = new float[3];
      logits[kind] = 100;
      try (LayerTrial mixed = LayerTrial.training(NORM, MAP);
          LayerTrial pure = LayerTrial.training(norms.get(kind), MAP)) {
        mixed.assign("mean_weight", logits).assign("variance_weight", logits);
        ArrayAssertions.assertClose(mixed.output(), doubles(pure.output()));
      }
    }
  }

  @Test
  void updatesStatisticsLikeBatchNorm() {
    try (LayerTrial mixed = LayerTrial.training(NORM, MAP);
        LayerTrial batch = LayerTrial.training(BatchNorm.defaults(), MAP)) {
      mixed.update();
      batch.update();
      for (String name : List.of("moving_mean", "moving_variance")) {
        ArrayAssertions.assertClose(mixed.variable(name), doubles(batch.variable(name)));
      }
    }
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  @Test
  void staysFiniteOnConstantMapsAndSinglePixels() {
    float[] constant = new float[2 * 3 * 3 * 6];
    Arrays.fill(constant, 4f);
    try (LayerTrial flat =
            LayerTrial.of(NORM, Tower.training(), Shape.of(2, 3, 3, 6), constant).scatter();
        LayerTrial single = LayerTrial.training(NORM, Shape.of(1, 1, 1, 6)).scatter()) {
      flat.checkFinite();
      single.checkFinite();
    }
  }

  @Test
  void startsWithEqualWeightsOrAtZero() {
    try (LayerTrial plain = LayerTrial.training(NORM, MAP);
        LayerTrial zero = LayerTrial.training(NORM.zeroInitialised(), MAP)) {
      assertThat(plain.parameters()).isEqualTo(2 * 6 + 6);
      assertThat(plain.variable("mean_weight")).containsOnly(1f);
      assertThat(plain.variable("variance_weight")).containsOnly(1f);
      assertThat(zero.output()).containsOnly(0f);
    }
  }

  @Test
  void supportsMapsOfUnknownSize() {
    try (LayerTrial known = LayerTrial.inference(NORM, MAP);
        LayerTrial unknown = LayerTrial.dynamic(NORM, MAP)) {
      assertThat(unknown.output()).isEqualTo(known.output());
    }
  }

  @Test
  void isJsonAsALayerAndAsANorm() {
    JsonRecords json = LayerRegistry.json();
    SwitchableNorm norm = new SwitchableNorm(1e-3f, 0.99f, 0.5f);
    assertThat(json.read(json.write(norm, Layer.class), Layer.class)).isEqualTo(norm);
    assertThat(json.read(json.write(norm, Norm.class), Norm.class)).isEqualTo(norm);
    assertThat(json.read(JsonRecords.parse("\"switchable\""), Norm.class)).isEqualTo(NORM);
  }

  @Test
  void rejectsMismatches() {
    assertThatThrownBy(() -> new SwitchableNorm(-1f, 0.9f, 1f)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new SwitchableNorm(1e-5f, -0.1f, 1f)).hasMessageContaining("decay");
  }
}
