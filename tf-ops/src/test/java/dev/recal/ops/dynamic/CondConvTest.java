package dev.recal.ops.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.dynamic.DynamicRegionConv.Generator;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

class CondConvTest {

  private static final Shape SHAPE = Shape.of(3, 6, 5, 3);

  static List<CondConv> layers() {
    return List.of(
        new CondConv(3, 1, Optional.of(1), 4, 8, 1, false),
        new CondConv(3, 2, Optional.of(1), 4, 2, 1, false),
        new CondConv(1, 1, Optional.of(0), 4, 3, 1, false),
        new CondConv(3, 1, Optional.of(2), 4, 1, 2, false));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void equalsExpertFormWithOneRegion(CondConv layer) {
    try (LayerTrial trial = LayerTrial.training(layer, SHAPE).scatter()) {
      DynamicRegionConv same =
          new DynamicRegionConv(
              Generator.EXPERTS,
              1,
              layer.kernel(),
              layer.stride(),
              layer.padding(),
              layer.filters(),
              layer.experts(),
              layer.dilation(),
              false);
      double[] expected = new RegionReference(same, trial, new int[] {3, 6, 5, 3}).dense()[0];
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
      assertThat(trial.names()).containsExactly("experts", "routing/kernel", "routing/bias");
    }
    try (LayerTrial unknown = LayerTrial.dynamic(layer, SHAPE).scatter();
        LayerTrial known = LayerTrial.inference(layer, SHAPE).scatter()) {
      assertThat(unknown.output()).isEqualTo(known.output());
    }
  }

  @Test
  void staysFiniteOnConstantMapsSinglePixelsAndSingleImages() {
    float[] constant = new float[2 * 4 * 4 * 3];
    Arrays.fill(constant, 3f);
    CondConv layer = new CondConv(3, 1, Optional.empty(), 0, 8, 1, true);
    try (LayerTrial trial =
        LayerTrial.of(layer, Tower.training(), Shape.of(2, 4, 4, 3), constant)) {
      trial.checkFinite();
    }
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(1, 1, 1, 3))) {
      trial.checkFinite();
      assertThat(trial.shape()).isEqualTo(Shape.of(1, 1, 1, 3));
    }
  }

  @Test
  void roundTripsThroughJsonAndRejectsInvalidSettings() {
    for (Layer layer : layers()) {
      var json = LayerRegistry.json();
      assertThat(json.read(json.write(layer, Layer.class), Layer.class)).isEqualTo(layer);
    }
    assertThatThrownBy(() -> new CondConv(3, 1, Optional.empty(), 4, 0, 1, false))
        .hasMessage("experts: expected at least 1, but got 0.");
    assertThatThrownBy(() -> new CondConv(3, 1, Optional.of(-2), 4, 1, 1, false))
        .hasMessageContaining("padding");
    assertThatThrownBy(
            () ->
                LayerTrial.training(
                    new CondConv(5, 1, Optional.of(0), 4, 1, 1, false), Shape.of(1, 4, 9, 3)))
        .hasMessageContaining("kernel: a window of 5×5");
  }
}
