package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.GraphScope;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Five steps down ½ Σ a (v − b)² with a = (1, 4, ¼), b = (½, −1, 2) from v = (1, −2, 3), at five
 * learning rates.
 *
 * <p>The expected values come from other libraries in float64. SGD: optax 0.2.8 ({@code optax.sgd},
 * after {@code add_decayed_weights(0.1)} where weights decay), whose momentum is PyTorch's. Adam
 * and AdamW: Keras 3.15.1 with β₁ 0.8, β₂ 0.99, ε 1e-3, which adds ε where TensorFlow does.
 */
class OptimiserTest {

  private static final float[] RATES = {0.1f, 0.2f, 0.05f, 0.1f, 0.1f};
  private static final Shape SHAPE = Shape.of(3);

  static Stream<Arguments> optimisers() {
    Sgd momentum = new Sgd(0.9, false);
    Sgd nesterov = new Sgd(0.9, true);
    Adam adam = new Adam(0.8, 0.99, 1e-3);
    AdamW adamW = new AdamW(0.8, 0.99, 1e-3);
    float[] adamPlain = {0.511187487f, -1.46760288f, 2.48106521f};
    return Stream.of(
        Arguments.of(new Sgd(0, false), 0f, new float[] {0.77702f, -1.03456f, 2.86950995f}),
        Arguments.of(momentum, 0f, new float[] {0.48056f, -0.595f, 2.6797395f}),
        Arguments.of(nesterov, 0f, new float[] {0.43847291f, -1.08331863f, 2.60138197f}),
        Arguments.of(momentum, 0.1f, new float[] {0.394639158f, -0.592813495f, 2.31419577f}),
        Arguments.of(nesterov, 0.1f, new float[] {0.358187508f, -1.08470179f, 2.16184324f}),
        Arguments.of(adam, 0f, adamPlain),
        Arguments.of(adam, 0.1f, new float[] {0.50199775f, -1.46696512f, 2.46551485f}),
        Arguments.of(adamW, 0f, adamPlain),
        Arguments.of(adamW, 0.1f, new float[] {0.478213717f, -1.37627466f, 2.33862615f}));
  }

  @ParameterizedTest(name = "{0} with decay {1}")
  @MethodSource("optimisers")
  void matchesOtherLibraries(Optimiser optimiser, float decay, float[] expected) {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = new VariableStore(graph, 1);
      Variable<TFloat32> variable =
          store.create("v", VariableSpec.weight("v", SHAPE, Initializer.zeros()));
      Operand<TFloat32> gradient =
          tf.math.mul(
              tf.constant(new float[] {1, 4, 0.25f}),
              tf.math.sub(variable.read(), tf.constant(new float[] {0.5f, -1, 2})));
      Placeholder<TFloat32> rate =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      Placeholder<TFloat32> number =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      Op step =
          optimiser.apply(new VariableUpdate(tf, store, variable, gradient, rate, number, decay));
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, Map.of("v", new float[] {1, -2, 3}));
        for (int i = 0; i < RATES.length; i++) {
          try (TFloat32 rateNow = TFloat32.scalarOf(RATES[i]);
              TFloat32 numberNow = TFloat32.scalarOf(i + 1f)) {
            session
                .runner()
                .feed(rate, rateNow)
                .feed(number, numberNow)
                .addTarget(step)
                .run()
                .close();
          }
        }
        assertThat(store.values(session, variable)).containsExactly(expected, Offset.offset(1e-6f));
      }
    }
  }

  @Test
  void decaySkipsExemptVariables() {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Variable<TFloat32> kernel =
          store.create("k", VariableSpec.weight("k", Shape.of(2, 3), Initializer.zeros()));
      Variable<TFloat32> bias =
          store.create("b", VariableSpec.weight("b", SHAPE, Initializer.zeros()));
      Variable<TFloat32> exempt =
          store.create("e", VariableSpec.undecayed("e", Shape.of(2, 3), Initializer.zeros()));
      WeightDecay all = new WeightDecay(0.5, WeightDecay.Scope.ALL);
      WeightDecay kernels = new WeightDecay(0.5, WeightDecay.Scope.KERNELS);

      assertThat(all.of(kernel)).isEqualTo(0.5f);
      assertThat(all.of(bias)).isEqualTo(0.5f);
      assertThat(all.of(exempt)).isZero();
      assertThat(kernels.of(kernel)).isEqualTo(0.5f);
      assertThat(kernels.of(bias)).isZero();
      assertThat(kernels.of(exempt)).isZero();
    }
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertThatThrownBy(() -> new Sgd(1, false))
        .hasMessage("momentum: expected from 0 to less than 1, but got 1.0.");
    assertThatThrownBy(() -> new Adam(0.9, 1, 1e-8))
        .hasMessage("beta2: expected from 0 to less than 1, but got 1.0.");
    assertThatThrownBy(() -> new AdamW(0.9, 0.99, 0))
        .hasMessage("epsilon: expected a positive number, but got 0.0.");
    assertThatThrownBy(() -> new WeightDecay(-1, WeightDecay.Scope.ALL))
        .hasMessage("rate: expected at least 0, but got -1.0.");
  }
}
