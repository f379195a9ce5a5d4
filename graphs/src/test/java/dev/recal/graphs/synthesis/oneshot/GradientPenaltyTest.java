package dev.recal.graphs.synthesis.oneshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class GradientPenaltyTest {

  private static final int SIZE = 14;
  private static final float STEP = 2e-3f;

  /**
   * The second-order gradient along random directions, one for each kind of variable, against
   * central differences. The critic's units are far from the kink of the leaky ReLU, where finite
   * differences do not exist: half of them are positive, half negative.
   */
  @Test
  void itsGradientEqualsFiniteDifferences() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 3);
      BuildContext context = BuildContext.of(store, Tower.training()).at("critic");
      Operand<TFloat32> image = image(GraphScope.ops(graph));
      Operand<TFloat32> penalty = GradientPenalty.build(context, new ScaleCritic(8), image);
      // Biases have no influence on the critic's slope, offsets none as long as no unit changes
      // sign.
      List<Variable<TFloat32>> variables =
          store.trainable().stream()
              .filter(v -> !v.name().endsWith("bias") && !v.name().endsWith("beta"))
              .toList();
      List<Operand<TFloat32>> gradients =
          Gradients.of(penalty, variables.stream().map(Variable::read).toList());
      store.initialize(session);
      Map<String, float[]> weights = weights(store.trainable());
      store.assign(session, weights);
      List<float[]> found = fetched(session, gradients);

      Random random = new Random(5);
      for (int i = 0; i < variables.size(); i++) {
        String name = variables.get(i).name();
        float[] direction = direction(random, weights.get(name).length);
        double slope = dot(found.get(i), direction);
        double expected =
            (shifted(session, store, weights, name, direction, STEP, penalty)
                    - shifted(session, store, weights, name, direction, -STEP, penalty))
                / (2 * STEP);
        double scale = Math.sqrt(dot(found.get(i), found.get(i)));
        assertThat(scale).as(name).isPositive();
        assertThat(slope).as(name).isCloseTo(expected, within(1e-3 * scale + 5e-5));
      }
    }
  }

  private static double shifted(
      Session session,
      VariableStore store,
      Map<String, float[]> weights,
      String name,
      float[] direction,
      float step,
      Operand<TFloat32> penalty) {
    float[] moved = weights.get(name).clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    store.assign(session, Map.of(name, moved));
    double value = fetched(session, List.of(penalty)).get(0)[0];
    store.assign(session, Map.of(name, weights.get(name)));
    return value;
  }

  private static Map<String, float[]> weights(List<Variable<TFloat32>> variables) {
    Random random = new Random(1);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<TFloat32> variable : variables) {
      float[] array = new float[(int) variable.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] =
            switch (variable.name().substring(variable.name().lastIndexOf('/') + 1)) {
              case "gamma" -> 0.7f + 0.4f * random.nextFloat();
              case "beta" -> i % 2 == 0 ? 12 : -12;
              default -> 0.2f * (float) random.nextGaussian();
            };
      }
      values.put(variable.name(), array);
    }
    return values;
  }

  private static float[] direction(Random random, int length) {
    float[] direction = new float[length];
    double squares = 0;
    for (int i = 0; i < length; i++) {
      direction[i] = (float) random.nextGaussian();
      squares += direction[i] * direction[i];
    }
    for (int i = 0; i < length; i++) {
      direction[i] /= (float) Math.sqrt(squares);
    }
    return direction;
  }

  private static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }

  private static Operand<TFloat32> image(Ops tf) {
    Random random = new Random(2);
    float[] values = new float[SIZE * SIZE * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return tf.constant(Shape.of(1, SIZE, SIZE, 3), DataBuffers.of(values));
  }

  private static List<float[]> fetched(Session session, List<Operand<TFloat32>> values) {
    Session.Runner runner = session.runner();
    values.forEach(runner::fetch);
    try (Result result = runner.run()) {
      return IntStream.range(0, values.size())
          .mapToObj(
              i -> {
                TFloat32 tensor = (TFloat32) result.get(i);
                float[] array = new float[(int) tensor.size()];
                tensor.asRawTensor().data().asFloats().read(array);
                return array;
              })
          .toList();
    }
  }
}
