package dev.recal.ops.activation;

import dev.recal.ops.Tower;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.Shape;

class ActivationTest {

  private static double hardSigmoid(double x) {
    return Math.min(Math.max(x + 3, 0), 6) / 6;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static final Map<Activation, DoubleUnaryOperator> FORMULAS =
      Map.of(
          Activation.IDENTITY, x -> x,
          Activation.RELU, x -> Math.max(x, 0),
          Activation.RELU6, x -> Math.min(Math.max(x, 0), 6),
          Activation.LEAKY_RELU, x -> x > 0 ? x : 0.2 * x,
          Activation.SIGMOID, ActivationTest::sigmoid,
          Activation.HARD_SIGMOID, ActivationTest::hardSigmoid,
          Activation.SWISH, x -> x * sigmoid(x),
          Activation.HARD_SWISH, x -> x * hardSigmoid(x),
          Activation.TANH, Math::tanh);

  @ParameterizedTest
  @EnumSource(Activation.class)
  void matchesItsFormula(Activation activation) {
    float[] points = {-9, -3.5f, -2, -0.7f, -0.01f, 0.01f, 0.4f, 2, 3.5f, 5, 7, 20};
    DoubleUnaryOperator formula = FORMULAS.get(activation);
    try (LayerTrial trial =
        LayerTrial.of(activation, Tower.training(), Shape.of(points.length), points)) {
      ArrayAssertions.assertClose(
          trial.output(),
          IntStream.range(0, points.length)
              .mapToDouble(i -> formula.applyAsDouble(points[i]))
              .toArray());
      trial.checkGradients();
    }
  }
}
