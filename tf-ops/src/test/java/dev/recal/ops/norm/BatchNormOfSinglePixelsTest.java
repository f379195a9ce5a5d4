package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Batch statistics of one value per sample, against the formula in double precision. */
class BatchNormOfSinglePixelsTest {

  private static final double EPSILON = 1e-5;

  // With two samples the gradient is dy₁ − dy₂ times ε/(v + ε), the remainder of a cancellation.
  private static final float[] PAIR = {0.65f, 0.66f};

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void outputGradientAndStatisticsFollowTheFormula(boolean matrix) {
    float[] cotangent = {0.3f, -1.1f};
    Run run = run(PAIR, cotangent, matrix);
    double mean = ((double) PAIR[0] + PAIR[1]) / 2;
    double half = ((double) PAIR[0] - PAIR[1]) / 2;
    double root = Math.sqrt(half * half + EPSILON);
    assertThat(run.output[0]).isCloseTo((float) (half / root), within(1e-5f));
    assertThat(run.output[1]).isCloseTo((float) (-half / root), within(1e-5f));
    double gradient =
        ((double) cotangent[0] - cotangent[1]) / 2 * EPSILON / (half * half + EPSILON) / root;
    assertThat(run.gradient[0] / gradient).isCloseTo(1, within(1e-4));
    assertThat(run.gradient[1] / -gradient).isCloseTo(1, within(1e-4));
    assertThat(run.mean).isCloseTo((float) (0.1 * mean), within(1e-6f));
    assertThat(run.variance).isCloseTo((float) (0.9 + 0.1 * 2 * half * half), within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void meanOfOneSampleIsTheSample(boolean matrix) {
    Run run = run(new float[] {3}, new float[] {1}, matrix);
    assertThat(run.output).containsExactly(0f);
    assertThat(run.gradient).containsExactly(0f);
    assertThat(run.variance).isCloseTo(0.9f, within(1e-6f));
  }

  // A shift of all samples changes nothing, so the gradient sums to zero. What remains of the sum
  // is multiplied by statistics far larger than their differences on the way to SRM's weights. The
  // fused kernel leaves up to 1.3e-3 of the gradient here, plain operations 1.1e-4, in double
  // precision nothing but the rounding of the result.
  @Test
  void theGradientOfPairsSumsToZero() {
    double worst = 0;
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      float[] values = {(float) random.nextGaussian(), 0};
      values[1] = values[0] + 0.2f * (float) random.nextGaussian();
      float[] cotangent = {(float) random.nextGaussian(), (float) random.nextGaussian()};
      Run run = run(values, cotangent, true);
      double sum = (double) run.gradient[0] + run.gradient[1];
      worst = Math.max(worst, Math.abs(sum / run.gradient[0]));
    }
    assertThat(worst).isLessThan(3e-7);
  }

  private record Run(float[] output, float[] gradient, float mean, float variance) {}

  private static Run run(float[] values, float[] cotangent, boolean matrix) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Shape shape = matrix ? Shape.of(values.length, 1) : Shape.of(values.length, 1, 1, 1);
      Operand<TFloat32> x = tf.constant(shape, DataBuffers.of(values));
      Operand<TFloat32> y = BatchNorm.defaults().build(context.at("bn"), x);
      Operand<TFloat32> weights = tf.constant(shape, DataBuffers.of(cotangent));
      Operand<TFloat32> gradient = Gradients.of(y, List.of(x), Optional.of(weights)).get(0);
      List<Op> updates = context.updates();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        Session.Runner runner = session.runner().fetch(y).fetch(gradient);
        updates.forEach(runner::addTarget);
        try (Result result = runner.run()) {
          return new Run(
              floats(result, 0),
              floats(result, 1),
              statistic(store, session, "bn/moving_mean"),
              statistic(store, session, "bn/moving_variance"));
        }
      }
    }
  }

  private static float[] floats(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static float statistic(VariableStore store, Session session, String name) {
    try (Result result = session.runner().fetch(store.find(name).orElseThrow().read()).run()) {
      return floats(result, 0)[0];
    }
  }
}
