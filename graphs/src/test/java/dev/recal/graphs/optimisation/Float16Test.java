package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;

/**
 * Training in float16 by TensorFlow's rewrite for CPUs, which rounds the operands and results of
 * convolutions to float16 as the one for GPUs does. It is for tests only: nothing is faster.
 */
class Float16Test {

  private static final int STEPS = 16;
  private static final float TOO_LARGE = 1 << 24;

  @Test
  void lossFallsAsInFloat32OnceTheFactorFits() {
    Trained single = train(RewriterConfig.Toggle.OFF, 1);
    Trained half = train(RewriterConfig.Toggle.ON, TOO_LARGE);
    // Gradients overflow at first, and these steps are skipped.
    int skipped = Math.round((float) (Math.log(TOO_LARGE / half.factor) / Math.log(2)));
    assertThat(skipped).isBetween(1, STEPS / 2);
    assertThat(half.losses.subList(0, skipped)).containsOnly(half.losses.get(0));
    for (int i = 0; i < STEPS - skipped; i++) {
      assertThat(half.losses.get(i + skipped))
          .isCloseTo(single.losses.get(i), within(0.01f * single.losses.get(i)));
    }
    assertThat(half.losses.get(0)).isNotEqualTo(single.losses.get(0));
    assertThat(half.losses.get(STEPS - 1)).isLessThan(0.7f * half.losses.get(0));
  }

  private record Trained(List<Float> losses, float factor) {}

  private static Trained train(RewriterConfig.Toggle rewrite, float factor) {
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(1)
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setRewriteOptions(
                        RewriterConfig.newBuilder().setAutoMixedPrecisionCpu(rewrite)))
            .build();
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 3);
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x =
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {4, 16, 16, 8}),
              tf.constant(new long[] {1, 2}),
              TFloat32.class);
      Operand<TFloat32> hidden = tf.nn.relu(Conv2d.of(16, 3).build(context.at("first"), x));
      Operand<TFloat32> y = Conv2d.of(16, 3).build(context.at("second"), hidden);
      Operand<TFloat32> loss = tf.math.mean(tf.math.square(y), tf.constant(new int[] {0, 1, 2, 3}));
      LossScaling scaling = LossScaling.dynamic(store, "loss", factor, 1000);
      List<Variable<TFloat32>> variables = store.trainable();
      WeightUpdates updates =
          WeightUpdates.of(
              new WeightUpdates.Setup(
                      tf,
                      store,
                      UpdateSettings.of(
                          new Sgd(0, false), LearningRate.defaults(), WeightDecay.defaults()),
                      tf.constant(0L),
                      tf.constant(0.05f),
                      Optional.empty())
                  .withScaling(scaling),
              variables,
              Gradients.of(
                  scaling.scaled(tf, loss), variables.stream().map(Variable::read).toList()));
      Op step = tf.withControlDependencies(scaling.adjusted(tf, updates.changes())).noOp();
      try (Session session = Sessions.open(graph, config)) {
        store.initialize(session);
        List<Float> losses = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
          try (Result result = session.runner().fetch(loss).addTarget(step).run()) {
            losses.add(((TFloat32) result.get(0)).getFloat());
          }
        }
        return new Trained(losses, store.values(session).get("training/loss/loss_scale")[0]);
      }
    }
  }
}
