package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.GraphScope;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.runtime.Sessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

class LossScalingTest {

  private static final String FACTOR = "training/loss/loss_scale";
  private static final float INFINITE = Float.POSITIVE_INFINITY;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void scaledUpdatesEqualPlainOnesBitForBit(int accumulation) {
    float[] inputs = {1, 0.3f, -2, 0.7f, 1.1f, 0.2f};
    try (Steps plain = new Steps(store -> LossScaling.none(), accumulation);
        Steps scaled = new Steps(store -> LossScaling.dynamic(store, "loss"), accumulation)) {
      for (float input : inputs) {
        plain.run(input);
        scaled.run(input);
      }
      Map<String, float[]> values = scaled.values();
      assertThat(values.remove(FACTOR)).containsExactly(1 << 15);
      assertThat(values).usingRecursiveComparison().isEqualTo(plain.values());
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {INFINITE, Float.NaN})
  void nonFiniteGradientSkipsTheUpdateAndHalvesTheFactor(float input) {
    try (Steps steps = new Steps(store -> LossScaling.dynamic(store, "loss"), 1)) {
      steps.run(1);
      Map<String, float[]> before = steps.values();
      steps.run(input);
      Map<String, float[]> after = steps.values();
      assertThat(after.put(FACTOR, before.get(FACTOR))).containsExactly(1 << 14);
      assertThat(after).usingRecursiveComparison().isEqualTo(before);
      // The update after it is an ordinary one.
      steps.run(1);
      assertThat(steps.values().get("v")).isNotEqualTo(before.get("v")).doesNotContain(Float.NaN);
      assertThat(steps.values().get(FACTOR)).containsExactly(1 << 14);
    }
  }

  @Test
  void nonFiniteRunOfAStepSkipsTheStepAndEmptiesTheSums() {
    try (Steps steps = new Steps(store -> LossScaling.dynamic(store, "loss"), 2)) {
      steps.run(1);
      steps.run(1);
      Map<String, float[]> before = steps.values();
      steps.run(INFINITE);
      assertThat(steps.values().get("statistic")).isEqualTo(before.get("statistic"));
      steps.run(1);
      Map<String, float[]> after = steps.values();
      assertThat(after.put(FACTOR, before.get(FACTOR))).containsExactly(1 << 14);
      assertThat(after).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void factorDoublesAfterAnIntervalOfFiniteGradients() {
    try (Steps steps = new Steps(store -> LossScaling.dynamic(store, "loss", 4, 3), 1)) {
      float[] inputs = {1, 1, INFINITE, 1, 1, 1, 1, 1, 1};
      float[] expected = {4, 4, 2, 2, 2, 4, 4, 4, 8};
      for (int i = 0; i < inputs.length; i++) {
        steps.run(inputs[i]);
        assertThat(steps.values().get(FACTOR)).as("after %d", i).containsExactly(expected[i]);
      }
    }
  }

  /** All replicas skip a step if one of them has a gradient that is not finite. */
  @Test
  void gradientsOfAllReplicasDecide() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> other =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      VariableStore store = new VariableStore(graph, 7, new WithOther(other));
      Variable<TFloat32> variable =
          store.create("v", VariableSpec.weight("v", Shape.of(2), new Normal(0, 1)));
      LossScaling scaling = LossScaling.dynamic(store, "loss");
      WeightUpdates.Setup setup =
          new WeightUpdates.Setup(
                  tf,
                  store,
                  UpdateSettings.defaults(),
                  tf.constant(0L),
                  tf.constant(0.1f),
                  Optional.empty())
              .withScaling(scaling);
      WeightUpdates updates =
          WeightUpdates.of(
              setup,
              List.of(variable),
              Gradients.of(
                  scaling.scaled(tf, tf.nn.l2Loss(variable.read())), List.of(variable.read())));
      Op step = tf.withControlDependencies(scaling.adjusted(tf, updates.changes())).noOp();
      try (Session session = Sessions.open(graph);
          TFloat32 finite = TFloat32.scalarOf(1);
          TFloat32 infinite = TFloat32.scalarOf(INFINITE)) {
        store.initialize(session);
        float[] before = store.values(session, variable);
        session.runner().feed(other, infinite).addTarget(step).run().close();
        assertThat(store.values(session, variable)).isEqualTo(before);
        assertThat(store.values(session).get(FACTOR)).containsExactly(1 << 14);
        session.runner().feed(other, finite).addTarget(step).run().close();
        assertThat(store.values(session, variable)).isNotEqualTo(before);
      }
    }
  }

  /** Two replicas, of which the other one's gradients are fed. */
  private record WithOther(Operand<TFloat32> other) implements Replicas {

    @Override
    public int size() {
      return 2;
    }

    @Override
    public int index() {
      return 0;
    }

    @Override
    public List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values) {
      return values.stream().map(value -> mean(tf, value)).toList();
    }

    @Override
    public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
      return tf.math.mul(tf.math.add(value, other), tf.constant(0.5f));
    }

    @Override
    public <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T extends TFloating> Operand<T> differentiableMean(Ops tf, Operand<T> value) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void gradientThatIsNotFiniteWithTheSmallestFactorReachesTheWeights() {
    try (Steps steps = new Steps(store -> LossScaling.dynamic(store, "loss", 2, 100), 1)) {
      steps.run(INFINITE);
      assertThat(steps.values().get(FACTOR)).containsExactly(1);
      assertThat(steps.values().get("v")).doesNotContain(Float.NaN);
      steps.run(INFINITE);
      assertThat(steps.values().get(FACTOR)).containsExactly(1);
      assertThat(steps.values().get("v")).containsOnly(Float.NaN);
    }
  }

  // Adam with clipping, averages and a moving statistic, on ½ Σ (input · v − 2)².
  private static final class Steps implements AutoCloseable {

    private final Graph graph = new Graph();
    private final VariableStore store = new VariableStore(graph, 7);
    private final Placeholder<TFloat32> input;
    private final int accumulation;
    private final Op sum;
    private final Op step;
    private final Session session;
    private int runs;

    Steps(Function<VariableStore, LossScaling> scaling, int accumulation) {
      this.accumulation = accumulation;
      Ops tf = GraphScope.ops(graph);
      this.input = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      Variable<TInt64> counter = store.counter("training/step");
      Variable<TFloat32> variable =
          store.create("v", VariableSpec.weight("v", Shape.of(5), new Normal(0, 1)));
      Variable<TFloat32> statistic =
          store.create(
              "statistic",
              VariableSpec.statistic("statistic", Shape.scalar(), Initializer.zeros()));
      AveragedWeights averages = AveragedWeights.of(store, v -> v.name().equals("v"));
      UpdateSettings settings =
          new UpdateSettings(
              Adam.defaults(),
              LearningRate.defaults(),
              WeightDecay.defaults(),
              Optional.of(0.5),
              Optional.of(0.9),
              50,
              accumulation);
      LossScaling scales = scaling.apply(store);
      Operand<TFloat32> loss =
          tf.nn.l2Loss(tf.math.sub(tf.math.mul(variable.read(), input), tf.constant(2f)));
      WeightUpdates.Setup setup =
          new WeightUpdates.Setup(
                  tf, store, settings, counter.read(), tf.constant(0.1f), Optional.of(averages))
              .withScaling(scales)
              .withStatistics(
                  ops -> List.of(new MovingAverage(statistic, input, 0.5f).update(ops)));
      WeightUpdates updates =
          WeightUpdates.of(
              setup,
              List.of(variable),
              Gradients.of(scales.scaled(tf, loss), List.of(variable.read())));
      this.sum = tf.withControlDependencies(updates.sums()).noOp();
      Ops after = tf.withControlDependencies(scales.adjusted(tf, updates.changes()));
      this.step = after.assignAddVariableOp(counter.handle(), tf.constant(1L));
      this.session = Sessions.open(graph);
      store.initialize(session);
    }

    void run(float value) {
      boolean completes = ++runs % accumulation == 0;
      try (TFloat32 fed = TFloat32.scalarOf(value)) {
        session.runner().feed(input, fed).addTarget(completes ? step : sum).run().close();
      }
    }

    Map<String, float[]> values() {
      return new LinkedHashMap<>(store.values(session));
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
