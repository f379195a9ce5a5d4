package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.runtime.Sessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * TensorFlow's rewrite to bfloat16 must not reach what is done with gradients: it would round a
 * gradient plus the decay's share, which is often below half of its last digit.
 */
class RewrittenGradientsTest {

  private static final float RATE = 1;

  private static Map<String, float[]> start(WeightDecay decay) {
    return train(decay, Optional.empty(), 1, false);
  }

  /** The variables before or after one step. */
  private static Map<String, float[]> train(
      WeightDecay decay, Optional<Double> clipNorm, int runs, boolean step) {
    try (Graph graph = new Graph()) {
      VariableStore store =
          new VariableStore(graph, 3, Precision.BFLOAT16.products(), Replicas.single());
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x =
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {8, 16, 16, 32}),
              tf.constant(new long[] {1, 2}),
              TFloat32.class);
      for (Layer layer :
          List.of(
              Conv2d.of(64, 1),
              Conv2d.of(64, 3).stride(2),
              DepthwiseConv2d.of(3, 1),
              Conv2d.of(256, 1))) {
        x = tf.nn.relu(layer.build(context.at("layer" + store.trainable().size()), x));
      }
      Operand<TFloat32> y = Dense.of(10).build(context.at("head"), GlobalAveragePool.mean(tf, x));
      Operand<TFloat32> loss = tf.math.mean(tf.math.square(y), tf.constant(new int[] {0, 1}));
      List<Variable<TFloat32>> variables = store.trainable();
      WeightUpdates updates =
          WeightUpdates.of(
              new WeightUpdates.Setup(
                  tf,
                  store,
                  new UpdateSettings(
                      new Sgd(0, false),
                      LearningRate.defaults(),
                      decay,
                      clipNorm,
                      Optional.empty(),
                      1,
                      runs),
                  tf.constant(0L),
                  tf.constant(RATE),
                  Optional.empty()),
              variables,
              Gradients.of(loss, variables.stream().map(Variable::read).toList()));
      Op sums = tf.withControlDependencies(updates.sums()).noOp();
      Op changes = tf.withControlDependencies(updates.changes()).noOp();
      try (Session session = Sessions.open(graph, Precision.BFLOAT16.session(1))) {
        store.initialize(session);
        for (int i = 1; step && i < runs; i++) {
          session.runner().addTarget(sums).run().close();
        }
        if (step) {
          session.runner().addTarget(changes).run().close();
        }
        Map<String, float[]> values = new LinkedHashMap<>(store.values(session));
        values.keySet().removeIf(name -> name.startsWith("accumulator/"));
        return values;
      }
    }
  }

  @Test
  void decaysByItsWholeShare() {
    float rate = 1e-4f;
    WeightDecay none = new WeightDecay(0, WeightDecay.Scope.ALL);
    WeightDecay some = new WeightDecay(rate, WeightDecay.Scope.ALL);
    Map<String, float[]> before = start(none);
    Map<String, float[]> plain = train(none, Optional.empty(), 1, true);
    Map<String, float[]> decayed = train(some, Optional.empty(), 1, true);
    assertThat(before).hasSizeGreaterThan(4);
    before.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            double share = (double) plain.get(name)[i] - decayed.get(name)[i];
            assertThat(share)
                .as(name)
                .isCloseTo(RATE * rate * values[i], within(2e-7 * (Math.abs(values[i]) + 1)));
          }
        });
  }

  @Test
  void sumsInFloat32() {
    WeightDecay none = new WeightDecay(0, WeightDecay.Scope.ALL);
    Map<String, float[]> before = start(none);
    Map<String, float[]> once = train(none, Optional.empty(), 1, true);
    Map<String, float[]> thrice = train(none, Optional.empty(), 3, true);
    before.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            double gradient = once.get(name)[i] - (double) values[i];
            assertThat(thrice.get(name)[i] - (double) values[i])
                .as(name)
                .isCloseTo(gradient, within(1e-5 * Math.abs(gradient) + 2e-7));
          }
        });
  }

  @Test
  void clipsInFloat32() {
    WeightDecay none = new WeightDecay(0, WeightDecay.Scope.ALL);
    Map<String, float[]> before = start(none);
    Map<String, float[]> whole = train(none, Optional.empty(), 1, true);
    double squares = 0;
    for (String name : before.keySet()) {
      for (int i = 0; i < before.get(name).length; i++) {
        squares += Math.pow(whole.get(name)[i] - (double) before.get(name)[i], 2);
      }
    }
    double limit = 0.3 * Math.sqrt(squares);
    Map<String, float[]> clipped = train(none, Optional.of(limit), 1, true);
    before.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            double gradient = whole.get(name)[i] - (double) values[i];
            assertThat(clipped.get(name)[i] - (double) values[i])
                .as(name)
                .isCloseTo(0.3 * gradient, within(1e-4 * Math.abs(gradient) + 2e-7));
          }
        });
  }
}
