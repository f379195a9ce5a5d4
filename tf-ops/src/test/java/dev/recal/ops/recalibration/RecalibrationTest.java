package dev.recal.ops.recalibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.recalibration.GatherExcite.Variant;
import dev.recal.ops.recalibration.StyleRecalibration.Integration;
import dev.recal.ops.recalibration.StyleRecalibration.Pooling;
import dev.recal.ops.recalibration.StyleRecalibration.Variance;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class RecalibrationTest {

  static List<Layer> all() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new SqueezeExcitation(2));
    layers.add(new SqueezeExcitation(2, false));
    layers.add(SqueezeExcitation.defaults());
    for (Variant variant : Variant.values()) {
      for (int extent : List.of(0, 2, 4, 8)) {
        layers.add(new GatherExcite(variant, extent, false, 2));
      }
      layers.add(new GatherExcite(variant, 0, true, 2));
      layers.add(new GatherExcite(variant, 4, true, 2));
    }
    for (Pooling pooling : Pooling.values()) {
      for (Integration integration : Integration.values()) {
        layers.add(new StyleRecalibration(Variance.SAMPLE, 1e-5f, pooling, integration, 2));
      }
    }
    layers.add(StyleRecalibration.paper());
    layers.add(EfficientChannelAttention.defaults());
    return layers;
  }

  @ParameterizedTest
  @MethodSource("all")
  void gradientsAreCorrectOnOddMaps(Layer layer) {
    Shape shape = Shape.of(3, 9, 11, 6);
    try (LayerTrial training = LayerTrial.training(layer, shape).scatter();
        LayerTrial inference = LayerTrial.inference(layer, shape).scatter()) {
      assertThat(training.shape()).isEqualTo(shape);
      training.checkGradients();
      inference.checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void staysFiniteOnConstantMapsSinglePixelsAndSingleImages(Layer layer) {
    float[] constant = new float[2 * 4 * 4 * 6];
    Arrays.fill(constant, 3f);
    try (LayerTrial trial =
        LayerTrial.of(layer, Tower.training(), Shape.of(2, 4, 4, 6), constant)) {
      trial.checkFinite();
      trial.scatter().checkFinite();
    }
    for (Shape shape : List.of(Shape.of(2, 1, 1, 6), Shape.of(1, 1, 1, 6), Shape.of(1, 5, 4, 6))) {
      try (LayerTrial trial = LayerTrial.training(layer, shape).scatter()) {
        trial.checkFinite();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void publishesGatesBetweenZeroAndOne(Layer layer) {
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(2, 8, 8, 6)).scatter()) {
      @SuppressWarnings("unchecked")
      Operand<TFloat32> gate = (Operand<TFloat32>) trial.context().published().get("gate");
      for (float value : trial.values(List.of(gate)).get(0)) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void excitesByTheMean() {
    Shape shape = Shape.of(2, 2, 3, 2);
    try (LayerTrial trial =
        LayerTrial.inference(new GatherExcite(Variant.THETA_MINUS, 0, false, 1), shape)) {
      float[] x = trial.input();
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        double sum = 0;
        for (int pixel = 0; pixel < 6; pixel++) {
          sum += x[i / 12 * 12 + pixel * 2 + i % 2];
        }
        expected[i] = x[i] / (1 + Math.exp(-sum / 6));
      }
      ArrayAssertions.assertClose(trial.output(), expected);
    }
  }

  @Test
  void styleRecalibrationStartsAtHalfGates() {
    try (LayerTrial trial =
        LayerTrial.training(StyleRecalibration.defaults(), Shape.of(2, 4, 4, 3))) {
      double[] half = new double[trial.input().length];
      for (int i = 0; i < half.length; i++) {
        half[i] = 0.5 * trial.input()[i];
      }
      ArrayAssertions.assertClose(trial.output(), half);
    }
  }

  @Test
  void styleRecalibrationIsExemptFromWeightDecay() {
    try (LayerTrial trial =
        LayerTrial.training(StyleRecalibration.defaults(), Shape.of(2, 4, 4, 3))) {
      VariableStore store = trial.context().store();
      assertThat(store.trainable()).extracting(Variable::decayed).containsOnly(false);
      assertThat(trial.names())
          .containsExactly("cfc", "bn/gamma", "bn/beta", "bn/moving_mean", "bn/moving_variance");
    }
  }

  // By the formulas, for 32 channels and a hidden width of 8.
  @ParameterizedTest
  @CsvSource({
    "CFC, 128, 96",
    "CFC_NO_BN, 64, 32",
    "FC, 2112, 1088",
    "FC_NO_BN, 2048, 1024",
    "MLP, 808, 552",
    "MLP_BN, 832, 576"
  })
  void countsStyleIntegrations(Integration integration, long two, long one) {
    for (Pooling pooling : Pooling.values()) {
      boolean both = pooling == Pooling.MEAN_MAX || pooling == Pooling.MEAN_DEVIATION;
      Layer layer = new StyleRecalibration(Variance.SAMPLE, 1e-5f, pooling, integration, 4);
      try (LayerTrial trial = LayerTrial.training(layer, Shape.of(1, 2, 2, 32))) {
        assertThat(trial.parameters()).as("%s", pooling).isEqualTo(both ? two : one);
      }
    }
  }

  @Test
  void styleIntegrationsWithZerosStartAtHalfGates() {
    for (Integration integration :
        List.of(Integration.CFC_NO_BN, Integration.FC, Integration.FC_NO_BN)) {
      Layer layer =
          new StyleRecalibration(Variance.SAMPLE, 1e-5f, Pooling.MEAN_DEVIATION, integration, 2);
      try (LayerTrial trial = LayerTrial.training(layer, Shape.of(2, 4, 4, 3))) {
        double[] half = new double[trial.input().length];
        Arrays.setAll(half, i -> 0.5 * trial.input()[i]);
        ArrayAssertions.assertClose(trial.output(), half);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 32, 162", "4, 32, 552", "64, 32, 97"})
  void countsSqueezeExcitation(int reduction, int channels, long parameters) {
    Shape shape = Shape.of(1, 2, 2, channels);
    try (LayerTrial trial = LayerTrial.training(new SqueezeExcitation(reduction), shape)) {
      assertThat(trial.parameters()).isEqualTo(parameters);
    }
  }

  @Test
  void gatherExciteOverWholeMapNeedsStaticSize() {
    assertThatThrownBy(() -> LayerTrial.dynamic(GatherExcite.defaults(), Shape.of(1, 4, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a statically known height and width");
    try (LayerTrial known =
            LayerTrial.inference(
                new GatherExcite(Variant.THETA, 4, false, 1), Shape.of(1, 9, 7, 3));
        LayerTrial unknown =
            LayerTrial.dynamic(
                new GatherExcite(Variant.THETA, 4, false, 1), Shape.of(1, 9, 7, 3))) {
      assertThat(unknown.output()).isEqualTo(known.output());
    }
  }

  @Test
  void rejectsInvalidModules() {
    assertThatThrownBy(() -> new SqueezeExcitation(0)).hasMessageContaining("reduction");
    assertThatThrownBy(() -> new GatherExcite(Variant.THETA, 3, false, 16))
        .hasMessage("extent: expected 0 (the whole map), 2, 4 or 8, but got 3.");
    assertThatThrownBy(
            () -> new StyleRecalibration(Variance.SAMPLE, -1f, Pooling.MEAN, Integration.CFC, 16))
        .hasMessageContaining("epsilon");
  }
}
