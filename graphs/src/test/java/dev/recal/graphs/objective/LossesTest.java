package dev.recal.graphs.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Values and gradients of each loss compared with its formula in double precision. */
class LossesTest {

  private static final float[][] OUTPUTS = {
    {1.5f, -2, 0.25f}, {0, 0, 0}, {-3, 4, 1}, {30, -30, 2}, {-0.5f, 0.75f, 8}
  };
  private static final float[][] ONE = {
    {1, 0, 0}, {0, 1, 0}, {0.7f, 0.2f, 0.1f}, {0, 0, 1}, {0, 0, 1}
  };
  private static final float[][] SEVERAL = {
    {1, 0, 1}, {0, 1, 0}, {0, 0, 0}, {0, 1, 1}, {1, 0.5f, 1}
  };
  private static final float[][] NUMBERS = {
    {1, -2.5f, 3}, {0, 1, -1}, {-3, 2, 0}, {28, -30.2f, 0}, {1, 1, 7}
  };

  /** A loss of one image, of its outputs and targets. */
  private interface Formula {
    double of(double[] outputs, float[] targets);
  }

  private static double[] softmax(double[] x) {
    double sum = DoubleStream.of(x).map(Math::exp).sum();
    return DoubleStream.of(x).map(value -> Math.exp(value) / sum).toArray();
  }

  private static Formula focal(double gamma, double alpha) {
    return (x, t) -> {
      double[] p = softmax(x);
      double sum = 0;
      for (int c = 0; c < p.length; c++) {
        sum -= alpha * t[c] * Math.pow(1 - p[c], gamma) * Math.log(p[c]);
      }
      return sum;
    };
  }

  private static Formula mean(DoubleBinaryOperator term) {
    return (x, t) ->
        IntStream.range(0, x.length)
            .mapToDouble(i -> term.applyAsDouble(x[i], t[i]))
            .average()
            .orElseThrow();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  // Of large differences, where 1 − σ(x) has no digits.
  private static double binary(double x, double t, double weight) {
    double positive = Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0);
    double negative = Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
    return weight * t * positive + (1 - t) * negative;
  }

  private static double binaryFocal(double x, double t, double gamma, double alpha) {
    double right = t * sigmoid(x) + (1 - t) * sigmoid(-x);
    double factor = alpha * t + (1 - alpha) * (1 - t);
    return factor * Math.pow(1 - right, gamma) * binary(x, t, 1);
  }

  private static double huber(double difference, double delta) {
    double far = Math.abs(difference);
    return far <= delta ? far * far / 2 : delta * (far - delta / 2);
  }

  private static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of(new CrossEntropy(), ONE, focal(0, 1)),
        Arguments.of(new Focal(0, 1), ONE, focal(0, 1)),
        Arguments.of(new Focal(2, 0.25), ONE, focal(2, 0.25)),
        Arguments.of(new Focal(0.5, 1), ONE, focal(0.5, 1)),
        Arguments.of(new BinaryCrossEntropy(1), SEVERAL, mean((x, t) -> binary(x, t, 1))),
        Arguments.of(new BinaryCrossEntropy(3), SEVERAL, mean((x, t) -> binary(x, t, 3))),
        Arguments.of(new BinaryFocal(2, 0.25), SEVERAL, mean((x, t) -> binaryFocal(x, t, 2, 0.25))),
        Arguments.of(new SquaredError(), NUMBERS, mean((x, t) -> (x - t) * (x - t))),
        Arguments.of(new AbsoluteError(), NUMBERS, mean((x, t) -> Math.abs(x - t))),
        Arguments.of(new Huber(0.8), NUMBERS, mean((x, t) -> huber(x - t, 0.8))));
  }

  /** Losses of each image, then their gradients. */
  private static float[][] computed(Loss loss, float[][] outputs, float[][] targets) {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x = tf.constant(outputs);
      Operand<TFloat32> losses = loss.losses(context.at("loss"), x, tf.constant(targets));
      assertThat(losses.shape().asArray()).containsExactly(outputs.length);
      Operand<TFloat32> sum = tf.sum(losses, tf.constant(0));
      Operand<TFloat32> gradient = Gradients.of(sum, List.of(x)).get(0);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(losses).fetch(gradient).run()) {
        return new float[][] {values(result, 0), values(result, 1)};
      }
    }
  }

  private static float[] values(Result result, int output) {
    TFloat32 tensor = (TFloat32) result.get(output);
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  @ParameterizedTest
  @MethodSource("losses")
  void equalItsFormula(Loss loss, float[][] targets, Formula formula) {
    float[][] found = computed(loss, OUTPUTS, targets);
    for (int row = 0; row < OUTPUTS.length; row++) {
      double[] x = new double[OUTPUTS[row].length];
      for (int i = 0; i < x.length; i++) {
        x[i] = OUTPUTS[row][i];
      }
      double expected = formula.of(x, targets[row]);
      assertThat((double) found[0][row]).isCloseTo(expected, within(2e-6 * (1 + expected)));
      for (int i = 0; i < x.length; i++) {
        double step = 1e-5;
        double[] up = x.clone();
        double[] down = x.clone();
        up[i] += step;
        down[i] -= step;
        double slope = (formula.of(up, targets[row]) - formula.of(down, targets[row])) / (2 * step);
        assertThat((double) found[1][row * x.length + i])
            .as("%s, row %d, output %d", loss, row, i)
            .isCloseTo(slope, within(2e-5));
      }
    }
  }

  // A probability of exactly 1: a power below 1 has an infinite slope there.
  @ParameterizedTest
  @MethodSource("losses")
  void staysFinite(Loss loss, float[][] targets, Formula formula) {
    float[][] extreme = {{200, -200, 0}, {-1e4f, 1e4f, 0}, {0, 0, 0}, {1e6f, 0, -1e6f}, {0, 0, 88}};
    float[][] found = computed(loss, extreme, targets);
    assertThat(found[0]).doesNotContain(Float.NaN);
    for (float slope : found[1]) {
      assertThat(slope).isFinite();
    }
  }

  @Test
  void rejectSettingsOutOfRange() {
    assertThatThrownBy(() -> new Focal(-1, 1))
        .hasMessage("gamma: expected from 0 to less than 100, but got -1.0.");
    assertThatThrownBy(() -> new BinaryFocal(2, 1))
        .hasMessage("alpha: expected more than 0 and less than 1, but got 1.0.");
    assertThatThrownBy(() -> new Huber(0)).hasMessageStartingWith("delta: expected");
    assertThatThrownBy(() -> new NumberScales(List.of(1.0), List.of(0.0)))
        .hasMessageStartingWith("deviations: expected");
  }

  @Test
  void haveNames() {
    assertThat(Objectives.losses())
        .containsAllEntriesOf(
            Map.of("cross-entropy", CrossEntropy.class, "binary-focal", BinaryFocal.class));
    assertThat(Objectives.metrics()).containsEntry("calibration-error", CalibrationError.class);
  }
}
