package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.GraphScope;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Rates at every step of ten epochs of seven steps against closed formulas. */
class LearningRateTest {

  private static final int STEPS_PER_EPOCH = 7;
  private static final double EPOCHS = 10;

  static Stream<Arguments> rates() {
    StepSchedule steps = new StepSchedule(List.of(3.0, 6.0), 0.1);
    PolynomialSchedule square = new PolynomialSchedule(2, 0.25);
    return Stream.of(
        rate(new LearningRate(0.3, new ConstantSchedule(), 0, 0), e -> 0.3),
        rate(new LearningRate(0.3, steps, 0, 0), e -> e < 3 ? 0.3 : e < 6 ? 0.03 : 0.003),
        rate(
            new LearningRate(0.1, new CosineSchedule(0), 0, 0),
            e -> 0.05 * (1 + Math.cos(Math.PI * e / 10))),
        rate(
            new LearningRate(0.1, new CosineSchedule(0.2), 2, 0),
            e -> e < 2 ? 0.1 * e / 2 : 0.02 + 0.08 * 0.5 * (1 + Math.cos(Math.PI * (e - 2) / 8))),
        rate(
            new LearningRate(2, square, 1, 0.5),
            e -> e < 1 ? 1 + e : 2 * (0.25 + 0.75 * Math.pow(1 - (e - 1) / 9, 2))),
        rate(
            new LearningRate(0.3, new MilestoneSchedule(List.of(0.3, 0.6), 0.1), 0, 0),
            e -> e < 3 ? 0.3 : e < 6 ? 0.03 : 0.003),
        rate(
            new LearningRate(1, steps, 1.5, 0),
            e -> e < 1.5 ? e / 1.5 : e < 3 ? 1 : e < 6 ? 0.1 : 0.01),
        rate(new LearningRate(1, new CosineSchedule(0), 20, 0), e -> e / 20));
  }

  private static Arguments rate(LearningRate rate, DoubleUnaryOperator expected) {
    return Arguments.of(rate, expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rates")
  void followsItsFormula(LearningRate learningRate, DoubleUnaryOperator expected) {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TInt64> step = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> rate = learningRate.rate(tf, step, STEPS_PER_EPOCH, EPOCHS);
      try (Session session = new Session(graph)) {
        for (int number = 0; number < EPOCHS * STEPS_PER_EPOCH; number++) {
          try (TInt64 now = TInt64.scalarOf(number);
              Result result = session.runner().feed(step, now).fetch(rate).run()) {
            double wanted = expected.applyAsDouble((double) number / STEPS_PER_EPOCH);
            assertThat((double) ((TFloat32) result.get(0)).getFloat())
                .as("step %d", number)
                .isCloseTo(wanted, Offset.offset(2e-7 * learningRate.base()));
          }
        }
      }
    }
  }

  @Test
  void rejectsSettingsOutOfRange() {
    CosineSchedule cosine = CosineSchedule.defaults();
    assertThatThrownBy(() -> new LearningRate(0, cosine, 0, 0))
        .hasMessage("base: expected a positive number, but got 0.0.");
    assertThatThrownBy(() -> new LearningRate(1, cosine, -1, 0))
        .hasMessage("warmUpEpochs: expected at least 0, but got -1.0.");
    assertThatThrownBy(() -> new LearningRate(1, cosine, 0, 2))
        .hasMessage("warmUpStart: expected from 0 to 1, but got 2.0.");
    assertThatThrownBy(() -> new CosineSchedule(1.5))
        .hasMessage("end: expected from 0 to 1, but got 1.5.");
    assertThatThrownBy(() -> new PolynomialSchedule(0, 0))
        .hasMessage("power: expected a positive number, but got 0.0.");
    assertThatThrownBy(() -> new StepSchedule(List.of(3.0, 2.0), 0.1))
        .hasMessage("epochs: expected rising numbers, but got [3.0, 2.0].");
    assertThatThrownBy(() -> new MilestoneSchedule(List.of(0.5, 1.0), 0.1))
        .hasMessage("shares: expected rising numbers between 0 and 1, but got [0.5, 1.0].");
  }
}
