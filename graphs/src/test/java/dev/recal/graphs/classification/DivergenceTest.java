package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learning rates that make the weights diverge. */
class DivergenceTest {

  private static final String SETTINGS =
      "{'steps': 20, 'checkpoints': {'keep': 1}, 'accumulation': %d, 'learningRate': {'base': %s,"
          + " 'schedule': 'constant'}}";

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

  // 1e39 makes the weights infinite at once, the others stay finite at first: the loss shows it
  // a step later, when a checkpoint of those weights has been written.
  @ParameterizedTest
  @ValueSource(strings = {"3e3", "1e10", "1e25", "1e39"})
  void abortsAndKeepsGoodCheckpoints(String rate) throws IOException {
    // Without norms, which would hide any scale.
    TinyNetwork network = new TinyNetwork(10, false, 0);
    ClassificationSettings diverging = Bench.settings(SETTINGS.formatted(1, rate));

    assertThatThrownBy(() -> bench.run(directory, network, diverging))
        .isInstanceOf(DivergenceException.class)
        .message()
        .startsWith("Training diverged at step ")
        .contains("The checkpoints in " + directory.resolve("checkpoints") + " are from before")
        .doesNotContain("\n");

    List<Path> left = new CheckpointDirectory(directory.resolve("checkpoints"), 3).all();
    assertThat(left).containsExactly(Bench.checkpoint(directory, 0));
    Path aside = directory.resolve("checkpoints/diverged-step-000000001");
    assertThat(Files.exists(aside)).isEqualTo(!rate.equals("1e39"));
    for (Path checkpoint : left) {
      for (float value : Bench.numbers(checkpoint)) {
        assertThat(value).isFinite();
      }
    }
    TrainingOutcome calm =
        bench.resume(directory, network, Bench.settings(SETTINGS.formatted(1, "1e-3")));
    assertThat(calm.steps()).isEqualTo(20);
  }

  @Test
  void checksWeightsOfTheLastStep() {
    ClassificationSettings one =
        Bench.settings("{'steps': 1, 'learningRate': {'base': 1e39, 'schedule': 'constant'}}");
    RecordingLog log = new RecordingLog();

    assertThatThrownBy(() -> bench.resume(directory, TinyNetwork.PLAIN, one, log))
        .isInstanceOf(DivergenceException.class)
        .hasMessageStartingWith(
            "Training diverged at step 1: a weight or statistic is not finite.");
    assertThat(log.evaluations).isEmpty();
    assertThat(Bench.checkpoint(directory, 0)).exists();
    assertThat(Bench.checkpoint(directory, 1)).doesNotExist();
  }

  @Test
  void accumulatedLossesCountToo() {
    TinyNetwork network = new TinyNetwork(10, false, 0);
    ClassificationSettings diverging = Bench.settings(SETTINGS.formatted(4, "1e20"));

    assertThatThrownBy(() -> bench.run(directory, network, diverging))
        .isInstanceOf(DivergenceException.class)
        .hasMessageStartingWith("Training diverged at step ");
  }
}
