package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.ops.BuildContext;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Trainers that cannot be built. */
class TrainerBuildingTest {

  private static Bench bench;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  /** Shows its graph and rejects. */
  private record Refusing(AtomicReference<Graph> seen) implements Network {
    @Override
    public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
      seen.set(context.store().graph());
      throw new IllegalArgumentException("images: too small.");
    }

    @Override
    public int classes() {
      return 10;
    }

    @Override
    public Network withClasses(int count) {
      return this;
    }
  }

  @Test
  void aNetworkThatRefusesLeavesNoGraph() {
    AtomicReference<Graph> seen = new AtomicReference<>();
    TrainingPlan plan = bench.plan(directory, new Refusing(seen), Bench.settings("{}"));

    assertThatThrownBy(() -> new Trainer(plan, new SilentLog())).hasMessage("images: too small.");
    assertThatThrownBy(() -> seen.get().operation("any")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void batchesLargerThanTheDataAreRefused() {
    assertThatThrownBy(
            () ->
                new Trainer(
                    bench.plan(directory, TinyNetwork.PLAIN, Bench.settings("{'batch': 48}")),
                    new SilentLog()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("batch: expected at most 40");
    TrainingSettings spread = Bench.settings("{'batch': 48, 'accumulation': 6}");
    assertThatThrownBy(
            () -> new Trainer(bench.plan(directory, TinyNetwork.PLAIN, spread), new SilentLog()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch: expected at most the 40 images of an epoch, but got 48.");
  }

  @Test
  void batchesThatDoNotFitTheSettingsAreRefused() {
    TrainingPlan eight = bench.plan(directory, TinyNetwork.PLAIN, Bench.settings("{}"));
    TrainingPlan halves =
        new TrainingPlan(
            eight.name(),
            eight.network(),
            Bench.settings("{'accumulation': 2}"),
            eight.training(),
            eight.input(),
            eight.evaluation(),
            eight.evaluationInput(),
            directory);

    assertThatThrownBy(() -> new Trainer(halves, new SilentLog()))
        .hasMessage(
            "input: expected batches of 4 images (8 per step, 2 micro-batches), but got batches of"
                + " 8.");
  }

  @Test
  void otherClassesAreRefused() {
    assertThatThrownBy(
            () -> bench.plan(directory, new TinyNetwork(7, true, 0), Bench.settings("{}")))
        .hasMessage("network: expected the 10 classes of textures (train), but got 7.");
    assertThatThrownBy(
            () ->
                CheckpointEvaluation.evaluate(
                    new TinyNetwork(7, true, 0),
                    Bench.settings("{}"),
                    bench.evaluation,
                    bench
                        .plan(directory, TinyNetwork.PLAIN, Bench.settings("{}"))
                        .evaluationInput(),
                    directory))
        .hasMessage("data: expected the network's 7 classes, but textures (test) has 10.");
  }

  @Test
  void closingTwiceIsAllowed() throws Exception {
    Trainer trainer =
        new Trainer(
            bench.plan(directory, TinyNetwork.PLAIN, Bench.settings("{}")), new SilentLog());
    assertThat(trainer.parameters()).isEqualTo(3 * 3 * 3 * 8 + 8 + 2 * 8 + 8 * 10 + 10);
    trainer.close();
    trainer.close();
  }
}
