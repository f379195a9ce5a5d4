package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Replicas;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  /** Records its graph and throws. */
  private record FailingNetwork(AtomicReference<Graph> seen) implements Network {
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
  void failingNetworkLeavesNoGraphOpen() {
    AtomicReference<Graph> seen = new AtomicReference<>();
    TrainingPlan plan = bench.plan(directory, new FailingNetwork(seen), Bench.settings("{}"));

    assertThatThrownBy(() -> new TrainingLoop(plan, new RecordingLog()).run())
        .hasMessage("images: too small.");
    assertThatThrownBy(() -> seen.get().operation("any")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void rejectsBatchesLargerThanTheData() {
    for (String json : List.of("{'batch': 48}", "{'batch': 48, 'accumulation': 6}")) {
      assertThatThrownBy(() -> bench.run(directory, TinyNetwork.PLAIN, Bench.settings(json)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "batch: expected at most the 40 images of textures (train), since an epoch consists"
                  + " of full batches, but got 48.");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void rejectsOtherClasses() {
    assertThatThrownBy(
            () -> bench.plan(directory, new TinyNetwork(7, true, 0), Bench.settings("{}")))
        .hasMessage("data: expected the network's 7 classes, but textures (train) has 10.");
    assertThatThrownBy(
            () ->
                CheckpointEvaluation.evaluate(
                    new TinyNetwork(7, true, 0),
                    Bench.settings("{}"),
                    bench.evaluation,
                    bench.recipe(TinyNetwork.PLAIN, Bench.settings("{}")).evaluationInput(),
                    directory))
        .hasMessage("data: expected the network's 7 classes, but textures (test) has 10.");
  }

  @Test
  void closingTwiceIsAllowed() throws Exception {
    TrainingPlan plan = bench.plan(directory, TinyNetwork.PLAIN, Bench.settings("{}"));
    TrainingJob job =
        plan.stages().get(0).open(Optional.empty(), new RecordingLog(), Replicas.single());
    assertThat(job.graph().store().parameters()).isEqualTo(3 * 3 * 3 * 8 + 8 + 2 * 8 + 8 * 10 + 10);
    job.close();
    job.close();
  }
}
