package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.json.JsonException;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.norm.AttentiveNorm.Attention;
import dev.recal.ops.norm.AttentiveNorm.Base;
import dev.recal.ops.norm.AttentiveNorm.Pooling;
import dev.recal.ops.norm.AttentiveNorm.Start;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class AttentiveNormTest {

  private static final Shape MAP = Shape.of(3, 4, 5, 6);
  private static final AttentiveNorm PLAIN = AttentiveNorm.defaults().components(3);

  static List<AttentiveNorm> all() {
    List<AttentiveNorm> norms = new ArrayList<>();
    for (Attention attention : Attention.values()) {
      norms.add(PLAIN.attention(attention));
      norms.add(PLAIN.groups(2).attention(attention));
    }
    norms.add(PLAIN.base(Base.INSTANCE));
    norms.add(PLAIN.base(Base.LAYER));
    norms.add(PLAIN.pooling(Pooling.MEAN));
    norms.add(PLAIN.groups(3));
    return norms;
  }

  @ParameterizedTest
  @MethodSource("all")
  void followsTheEquationsInTraining(AttentiveNorm norm) {
    try (LayerTrial trial = LayerTrial.training(norm, MAP).scatter()) {
      ArrayAssertions.assertClose(
          trial.output(), new AttentiveReference(norm, trial, true, 3, 20).output());
      assertThat(trial.shape()).isEqualTo(MAP);
      trial.checkGradients();
    }
  }

  // Without batch statistics, training and inference are the same.
  static List<AttentiveNorm> overBatches() {
    return all().stream().filter(norm -> norm.base() == Base.BATCH).toList();
  }

  @ParameterizedTest
  @MethodSource("overBatches")
  void followsTheEquationsInInference(AttentiveNorm norm) {
    try (LayerTrial trial = LayerTrial.inference(norm, MAP).scatter()) {
      ArrayAssertions.assertClose(
          trial.output(), new AttentiveReference(norm, trial, false, 3, 20).output());
      assertThat(trial.context().updates()).isEmpty();
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void staysFiniteOnConstantMapsSinglePixelsAndSingleImages(AttentiveNorm norm) {
    float[] constant = new float[2 * 3 * 3 * 6];
    Arrays.fill(constant, 4f);
    try (LayerTrial fresh = LayerTrial.of(norm, Tower.training(), Shape.of(2, 3, 3, 6), constant)) {
      fresh.checkFinite();
    }
    try (LayerTrial pixels = LayerTrial.training(norm, Shape.of(2, 1, 1, 6)).scatter();
        LayerTrial pixel = LayerTrial.training(norm, Shape.of(1, 1, 1, 6)).scatter();
        LayerTrial image = LayerTrial.training(norm, Shape.of(1, 4, 3, 6)).scatter()) {
      pixels.checkFinite();
      pixel.checkFinite();
      image.checkFinite();
      ArrayAssertions.assertClose(
          pixels.output(), new AttentiveReference(norm, pixels, true, 2, 1).output());
    }
  }

  @ParameterizedTest
  @EnumSource(Base.class)
  void startsAtZeroIfConfigured(Base base) {
    AttentiveNorm norm = PLAIN.groups(2).base(base);
    try (LayerTrial trial = LayerTrial.training(norm.zeroInitialised(), MAP)) {
      assertThat(trial.variable("gamma")).containsOnly(0f);
      assertThat(trial.variable("beta")).containsOnly(0f);
      assertThat(trial.output()).containsOnly(0f);
    }
  }

  @Test
  void startsNearAnOrdinaryNorm() {
    try (LayerTrial trial = LayerTrial.training(AttentiveNorm.defaults(), Shape.of(2, 2, 2, 200))) {
      moments(trial.variable("gamma"), 1);
      moments(trial.variable("beta"), 0);
    }
  }

  @Test
  void startsItsAttentionUniformlyIfConfigured() {
    AttentiveNorm norm = PLAIN.components(20).attention(Attention.HSIGMOID).start(Start.UNIFORM);
    try (LayerTrial uniform = LayerTrial.training(norm, Shape.of(2, 2, 2, 16));
        LayerTrial plain =
            LayerTrial.training(norm.start(Start.HE_NORMAL), Shape.of(2, 2, 2, 16))) {
      for (String name : List.of("attention/kernel", "attention/bias")) {
        float[] values = uniform.variable(name);
        double largest =
            IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElse(9);
        assertThat(largest).as(name).isBetween(0.15, 0.25);
      }
      assertThat(plain.variable("attention/bias")).containsOnly(0f);
      assertThat(uniform.parameters()).isEqualTo(plain.parameters());
    }
  }

  // Of 2,000 values the mean is within 0.01 and the deviation within 0.1 ± 0.01, four times theirs.
  private static void moments(float[] values, double expected) {
    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(9);
    double variance =
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElse(9);
    assertThat(mean).isCloseTo(expected, within(0.01));
    assertThat(Math.sqrt(variance)).isCloseTo(0.1, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({
    "SIGMOID, 245",
    "HSIGMOID, 245",
    "MLP_SIGMOID, 385",
    "BN_HSIGMOID, 250",
    "BN_SIGMOID, 250",
    "BN_SOFTMAX, 250",
    "MLP_BN_HSIGMOID, 400",
    "GN_HSIGMOID, 250"
  })
  void countsParameters(Attention attention, long parameters) {
    AttentiveNorm norm = PLAIN.components(5).attention(attention);
    try (LayerTrial trial = LayerTrial.training(norm, Shape.of(2, 2, 2, 16))) {
      assertThat(trial.parameters()).isEqualTo(parameters);
    }
  }

  @Test
  void namesItsVariables() {
    try (LayerTrial batch = LayerTrial.training(PLAIN, MAP);
        LayerTrial group = LayerTrial.training(PLAIN.groups(2), MAP);
        LayerTrial deep = LayerTrial.training(PLAIN.attention(Attention.MLP_SIGMOID), MAP)) {
      assertThat(batch.names())
          .containsExactlyInAnyOrder(
              "gamma",
              "beta",
              "norm/moving_mean",
              "norm/moving_variance",
              "attention/kernel",
              "attention/bn/gamma",
              "attention/bn/beta",
              "attention/bn/moving_mean",
              "attention/bn/moving_variance");
      assertThat(group.names())
          .containsExactlyInAnyOrder(
              "gamma", "beta", "attention/kernel", "attention/gn/gamma", "attention/gn/beta");
      assertThat(deep.names())
          .contains(
              "attention/reduce/kernel",
              "attention/reduce/bias",
              "attention/expand/kernel",
              "attention/expand/bias");
    }
  }

  @Test
  void updatesBaseStatisticsLikeBatchNorm() {
    try (LayerTrial attentive = LayerTrial.training(PLAIN, MAP);
        LayerTrial batch = LayerTrial.training(BatchNorm.defaults(), MAP)) {
      attentive.update();
      batch.update();
      assertThat(attentive.variable("norm/moving_mean")).isEqualTo(batch.variable("moving_mean"));
      assertThat(attentive.variable("norm/moving_variance"))
          .isEqualTo(batch.variable("moving_variance"));
    }
  }

  @Test
  void publishesWeightsThatSumToOneUnderSoftmax() {
    AttentiveNorm norm = PLAIN.attention(Attention.BN_SOFTMAX);
    try (LayerTrial trial = LayerTrial.training(norm, MAP).scatter()) {
      @SuppressWarnings("unchecked")
      Operand<TFloat32> weights = (Operand<TFloat32>) trial.context().published().get("attention");
      assertThat(weights.shape()).isEqualTo(Shape.of(3, 3));
      float[] values = trial.values(List.of(weights)).get(0);
      for (int n = 0; n < 3; n++) {
        assertThat(values[3 * n] + values[3 * n + 1] + values[3 * n + 2])
            .isCloseTo(1f, within(1e-6f));
      }
    }
  }

  @Test
  void supportsMapsOfUnknownSize() {
    try (LayerTrial known = LayerTrial.inference(PLAIN, MAP);
        LayerTrial unknown = LayerTrial.dynamic(PLAIN, MAP)) {
      assertThat(unknown.output()).isEqualTo(known.output());
    }
  }

  @Test
  void isJsonAsALayerAndAsANorm() {
    JsonRecords json = LayerRegistry.json();
    for (AttentiveNorm norm : all()) {
      assertThat(json.read(json.write(norm, Layer.class), Layer.class)).isEqualTo(norm);
      assertThat(json.read(json.write(norm, Norm.class), Norm.class)).isEqualTo(norm);
    }
    assertThat(json.read(JsonRecords.parse("\"attentive\""), Norm.class))
        .isEqualTo(AttentiveNorm.defaults());
    String text =
        """
        {"type": "attentive-norm", "base": "group", "groups": 4, "components": 5,
          "attention": "mlp-bn-hsigmoid", "pooling": "mean"}""";
    assertThat(json.read(JsonRecords.parse(text), Layer.class))
        .isEqualTo(
            AttentiveNorm.defaults()
                .groups(4)
                .components(5)
                .attention(Attention.MLP_BN_HSIGMOID)
                .pooling(Pooling.MEAN));
    assertThatThrownBy(
            () ->
                json.read(
                    JsonRecords.parse("{\"type\": \"attentive\", \"attention\": \"bn-hsigmod\"}"),
                    Norm.class))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("Did you mean 'bn-hsigmoid'?");
  }

  @Test
  void choosesTheAttentionForTheBase() {
    assertThat(PLAIN.effectiveAttention()).isEqualTo(Attention.BN_HSIGMOID);
    assertThat(PLAIN.groups(2).effectiveAttention()).isEqualTo(Attention.GN_HSIGMOID);
    assertThat(PLAIN.groups(2).attention(Attention.SIGMOID).effectiveAttention())
        .isEqualTo(Attention.SIGMOID);
  }

  @Test
  void rejectsMismatches() {
    assertThatThrownBy(() -> PLAIN.components(1))
        .hasMessage("components: expected at least 2, but got 1.");
    assertThatThrownBy(() -> PLAIN.groups(0)).hasMessage("groups: expected at least 1, but got 0.");
    assertThatThrownBy(() -> LayerTrial.training(PLAIN.groups(4), MAP))
        .hasMessage("groups: expected a divisor of the 6 channels, but got 4.");
    assertThatThrownBy(() -> LayerTrial.training(PLAIN, Shape.of(3, 6)))
        .hasMessageContaining("expected a feature map");
    assertThatThrownBy(
            () ->
                new AttentiveNorm(
                    Base.BATCH, 0, 2, PLAIN.attention(), Pooling.MEAN, -1f, 0.9f, false))
        .hasMessageContaining("epsilon");
    assertThatThrownBy(
            () ->
                new AttentiveNorm(
                    Base.BATCH, 0, 2, PLAIN.attention(), Pooling.MEAN, 0f, 1.5f, false))
        .hasMessageContaining("decay");
  }
}
