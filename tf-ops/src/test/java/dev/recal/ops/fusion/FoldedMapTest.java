package dev.recal.ops.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.AttentiveNorm.Attention;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.recalibration.ChannelGate;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.recalibration.StyleRecalibration.Integration;
import dev.recal.ops.recalibration.StyleRecalibration.Pooling;
import dev.recal.ops.recalibration.StyleRecalibration.Variance;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** The fused form against the naive one. */
class FoldedMapTest {

  private static final Shape MAP = Shape.of(3, 4, 5, 6);
  private static final ChannelGate SRM = StyleRecalibration.defaults();

  /** The operation after norm and gate. */
  enum Tail {
    NOTHING,
    RELU,
    SUM,
    SUM_AND_RELU
  }

  /** A norm, an optional gate, and the operation after them. */
  record Chain(Norm norm, Optional<ChannelGate> gate, Tail tail) {

    Layer naive() {
      return (context, x) -> {
        Operand<TFloat32> normal = norm.build(context.at("bn"), x);
        Operand<TFloat32> gated =
            gate.map(layer -> layer.build(context.at("gate"), normal)).orElse(normal);
        return switch (tail) {
          case NOTHING -> gated;
          case RELU -> context.tf().nn.relu(gated);
          case SUM -> context.tf().math.add(gated, x);
          case SUM_AND_RELU -> context.tf().nn.relu(context.tf().math.add(gated, x));
        };
      };
    }

    Layer fused() {
      return (context, x) -> {
        FoldedMap folded = fold(context, x);
        return switch (tail) {
          case NOTHING -> folded.build();
          case RELU -> folded.rectified();
          case SUM -> folded.sum(x);
          case SUM_AND_RELU -> folded.rectifiedSum(x);
        };
      };
    }

    private FoldedMap fold(BuildContext context, Operand<TFloat32> x) {
      FoldedMap folded = norm.fold(context.at("bn"), x).orElseThrow();
      return gate.map(layer -> layer.fold(context.at("gate"), folded)).orElse(folded);
    }
  }

  private static Chain gated(ChannelGate gate, Tail tail) {
    return new Chain(BatchNorm.defaults(), Optional.of(gate), tail);
  }

  private static Chain attentive(AttentiveNorm norm, Tail tail) {
    return new Chain(norm.components(3), Optional.empty(), tail);
  }

  private static StyleRecalibration style(Pooling pooling, Integration integration) {
    return new StyleRecalibration(Variance.SAMPLE, 1e-5f, pooling, integration, 2);
  }

  static List<Chain> chains() {
    AttentiveNorm an = AttentiveNorm.defaults();
    List<Chain> chains = new ArrayList<>();
    for (Tail tail : Tail.values()) {
      chains.add(gated(SRM, tail));
      chains.add(gated(new SqueezeExcitation(2), tail));
      chains.add(attentive(an, tail));
    }
    chains.add(new Chain(BatchNorm.defaults(), Optional.empty(), Tail.RELU));
    chains.add(gated(EfficientChannelAttention.defaults(), Tail.NOTHING));
    chains.add(gated(StyleRecalibration.paper(), Tail.NOTHING));
    chains.add(gated(style(Pooling.MEAN, Integration.CFC), Tail.NOTHING));
    chains.add(gated(style(Pooling.DEVIATION, Integration.CFC), Tail.NOTHING));
    chains.add(gated(style(Pooling.MEAN_DEVIATION, Integration.MLP), Tail.NOTHING));
    chains.add(attentive(an.pooling(AttentiveNorm.Pooling.MEAN), Tail.NOTHING));
    chains.add(attentive(an.attention(Attention.MLP_BN_HSIGMOID), Tail.NOTHING));
    chains.add(new Chain(an.components(3), Optional.of(SRM), Tail.SUM_AND_RELU));
    return chains;
  }

  @ParameterizedTest
  @MethodSource("chains")
  void agreesWithTheNaiveForm(Chain chain) {
    compare(chain, MAP, LayerTrial.normal(MAP), 2e-5);
  }

  static List<Shape> shapes() {
    return List.of(
        Shape.of(1, 3, 3, 4), Shape.of(4, 16, 28, 3), Shape.of(2, 13, 9, 4), Shape.of(8, 2, 1, 5));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void agreesForOtherShapes(Shape shape) {
    float[] input = LayerTrial.normal(shape);
    compare(gated(SRM, Tail.SUM_AND_RELU), shape, input, 1e-4);
    compare(attentive(AttentiveNorm.defaults(), Tail.RELU), shape, input, 1e-4);
  }

  @Test
  void isPreciseForLargeMean() {
    for (float mean : List.of(30f, -100f, 1000f)) {
      float[] input = LayerTrial.normal(MAP);
      for (int i = 0; i < input.length; i++) {
        input[i] += mean;
      }
      // The naive form's own rounding grows with the mean as well.
      double tolerance = 2e-5 + 2e-6 * Math.abs(mean);
      compare(gated(SRM, Tail.NOTHING), MAP, input, tolerance);
    }
  }

  @Test
  void gradientMatchesFiniteDifferences() {
    Tail tail = Tail.SUM_AND_RELU;
    List<Chain> chains =
        List.of(
            gated(SRM, tail),
            gated(new SqueezeExcitation(2), tail),
            attentive(AttentiveNorm.defaults(), tail));
    for (Chain chain : chains) {
      try (LayerTrial trial = LayerTrial.training(chain.fused(), MAP).scatter()) {
        assertThat(trial.shape()).isEqualTo(MAP);
        trial.checkGradients();
      }
    }
  }

  @Test
  void staysFiniteAndEqualOnConstantMaps() {
    float[] constant = new float[(int) MAP.size()];
    Arrays.fill(constant, 4.3f);
    for (Chain chain :
        List.of(gated(SRM, Tail.RELU), gated(StyleRecalibration.paper(), Tail.RELU))) {
      try (LayerTrial trial = LayerTrial.of(chain.fused(), Tower.training(), MAP, constant)) {
        trial.checkFinite();
      }
      // 1/√ε enlarges the rounding of the mean, here the naive form's: γ's gradient is 0. The
      // rounding is another one on CPUs with other vectors.
      compare(chain, MAP, constant, 5e-3);
    }
  }

  // Each sample is constant, the batch is not: the batch has a variance, the samples have none.
  @Test
  void treatsVarianceOfConstantSampleAsZero() {
    float[] input = new float[(int) MAP.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = 2.7f * (i / (input.length / 3)) - 1.3f;
    }
    compare(gated(SRM, Tail.NOTHING), MAP, input, 5e-4);
    // Without ε the naive form mistakes the rounding of the mean for a deviation, and differs.
    Chain paper = gated(StyleRecalibration.paper(), Tail.NOTHING);
    try (LayerTrial trial = LayerTrial.of(paper.fused(), Tower.training(), MAP, input).scatter()) {
      trial.checkFinite();
    }
  }

  @Test
  void fallsBackToTheNaiveForm() {
    Norm norm = BatchNorm.defaults();
    empty(norm, Tower.inference(), MAP);
    empty(norm, Tower.serving(), MAP);
    empty(norm, Tower.training(), Shape.of(3, 1, 1, 6));
    empty(GroupNorm.defaults(), Tower.training(), MAP);
    empty(AttentiveNorm.defaults().groups(2), Tower.training(), MAP);
    assertThat(style(Pooling.MAX, Integration.CFC).canFold()).isFalse();
    Chain chain = gated(style(Pooling.MEAN_MAX, Integration.CFC), Tail.NOTHING);
    assertThatThrownBy(() -> LayerTrial.training(chain.fused(), MAP))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("MEAN_MAX");
  }

  private static void empty(Norm norm, Tower tower, Shape shape) {
    Layer layer =
        (context, x) -> {
          assertThat(norm.fold(context, x)).isEmpty();
          assertThat(context.store().all()).isEmpty();
          return x;
        };
    LayerTrial.of(layer, tower, shape, LayerTrial.normal(shape)).close();
  }

  private static void compare(Chain chain, Shape shape, float[] input, double tolerance) {
    try (LayerTrial naive = LayerTrial.of(chain.naive(), Tower.training(), shape, input).scatter();
        LayerTrial fused = LayerTrial.of(chain.fused(), Tower.training(), shape, input).scatter()) {
      assertThat(fused.names()).isEqualTo(naive.names());
      close("output", fused.output(), naive.output(), tolerance);
      List<float[]> expected = naive.gradients();
      List<float[]> gradients = fused.gradients();
      assertThat(gradients).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        close("gradient " + i, gradients.get(i), expected.get(i), tolerance);
      }
      published(naive, fused, tolerance);
      naive.update();
      fused.update();
      for (String name : naive.names()) {
        // A gate's input was divided by the root of a variance that can be tiny.
        double rounding = name.startsWith("gate") || name.contains("attention") ? tolerance : 1e-5;
        close(name, fused.variable(name), naive.variable(name), rounding);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static void published(LayerTrial naive, LayerTrial fused, double tolerance) {
    assertThat(fused.context().published().keySet())
        .isEqualTo(naive.context().published().keySet());
    for (String name : naive.context().published().keySet()) {
      Operand<TFloat32> expected = (Operand<TFloat32>) naive.context().published().get(name);
      Operand<TFloat32> actual = (Operand<TFloat32>) fused.context().published().get(name);
      close(
          name,
          fused.values(List.of(actual)).get(0),
          naive.values(List.of(expected)).get(0),
          tolerance);
    }
  }

  // Relative to the largest value, at least 1.
  private static void close(String name, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double scale = 1;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s, value %d", name, i)
          .isCloseTo(expected[i], Offset.offset(tolerance * scale));
    }
  }
}
