package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.training.CheckpointException;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stopped and resumed run equals an uninterrupted one. */
class ResumeTest {

  private static final String ALL =
      "{'steps': 11, 'optimiser': 'adam-w', 'clipNorm': 1, 'average': 0.9, 'averageBatches': 3,"
          + " 'accumulation': 2, 'labelSmoothing': 0.1, 'mixup': 0.2, 'cutmix': 0.5, 'evaluateEvery': 1,"
          + " 'classWeights': 'balanced',"
          + " 'learningRate': {'base': 0.02, 'warmUpEpochs': 1}}";
  private static final String HALF =
      "{'steps': 11, 'optimiser': 'adam', 'average': 0.5, 'accumulation': 2,"
          + " 'precision': 'float16'}";
  private static final TinyNetwork DROPPING = new TinyNetwork(10, true, 0.3f);

  /** Uninterrupted runs by their settings, each trained once for all tests. */
  private static final Map<String, TrainingOutcome> WHOLE = new HashMap<>();

  @TempDir private static Path shared;

  private static Bench bench;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private static Path whole(String json) {
    return shared.resolve(Integer.toHexString(json.hashCode()));
  }

  private static TrainingOutcome trainWhole(TinyNetwork network, String json) throws IOException {
    if (!WHOLE.containsKey(json)) {
      WHOLE.put(json, bench.run(whole(json), network, Bench.settings(json)));
    }
    return WHOLE.get(json);
  }

  static Stream<Arguments> settings() {
    String sgd = "{'steps': 11, 'optimiser': {'type': 'sgd', 'nesterov': true, 'momentum': 0.9}}";
    String adam = "{'epochs': 2.2, 'optimiser': 'adam', 'average': 0.5}";
    return Stream.of(
        Arguments.of("SGD at an epoch's border", TinyNetwork.PLAIN, sgd, 5),
        Arguments.of("SGD inside an epoch", TinyNetwork.PLAIN, sgd, 8),
        Arguments.of("Adam with averages", TinyNetwork.PLAIN, adam, 3),
        Arguments.of("float16 with a scaled loss", TinyNetwork.PLAIN, HALF, 8),
        Arguments.of("everything at an epoch's border", DROPPING, ALL, 5),
        Arguments.of("everything inside an epoch", DROPPING, ALL, 7),
        Arguments.of("everything from the first checkpoint", DROPPING, ALL, 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void isBitIdenticalWithOneThread(String name, TinyNetwork network, String json, long stop)
      throws IOException {
    ClassificationSettings settings = Bench.settings(json);
    Path broken = directory.resolve("broken");
    TrainingOutcome expected = trainWhole(network, json);

    bench.runUntil(stop, broken, network, settings);
    RecordingLog log = new RecordingLog();
    TrainingOutcome resumed = bench.resume(broken, network, settings, log);

    assertThat(log.messages).anyMatch(message -> message.endsWith("at step " + stop + "."));
    assertThat(resumed.steps()).isEqualTo(expected.steps()).isEqualTo(11);
    assertThat(Bench.variables(Bench.checkpoint(broken, 11)))
        .isEqualTo(Bench.variables(Bench.checkpoint(whole(json), 11)));
    assertThat(resumed.last()).isEqualTo(expected.last());
    assertThat(resumed.bestScore()).isEqualTo(expected.bestScore());
  }

  /** In a separate process, since all sessions of a process share the first one's threads. */
  @Test
  void isEqualWithAllThreads() throws Exception {
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            AllThreads.class.getName(),
            directory.toString());
    builder.environment().remove("TF_NUM_INTRAOP_THREADS");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
  }

  /** An uninterrupted and a resumed run, with all threads. */
  static final class AllThreads {

    private AllThreads() {}

    public static void main(String[] arguments) throws IOException {
      ClassificationSettings settings =
          Bench.settings(ALL.replace("{'steps'", "{'threads': 0, 'steps'"));
      Path whole = Path.of(arguments[0], "whole");
      Path broken = Path.of(arguments[0], "broken");
      try (Bench own = new Bench()) {
        own.run(whole, DROPPING, settings);
        own.runUntil(7, broken, DROPPING, settings);
        own.resume(broken, DROPPING, settings);
      }
      assertThat(Bench.numbers(Bench.checkpoint(broken, 11)))
          .containsExactly(Bench.numbers(Bench.checkpoint(whole, 11)), Offset.offset(1e-6f));
    }
  }

  @Test
  void otherSeedGivesOtherResult() throws IOException {
    trainWhole(DROPPING, ALL);
    String other = ALL.replace("{'steps'", "{'seed': 2, 'steps'");
    bench.run(directory, DROPPING, Bench.settings(other));

    assertThat(Bench.variables(Bench.checkpoint(directory, 11)))
        .isNotEqualTo(Bench.variables(Bench.checkpoint(whole(ALL), 11)));
  }

  @Test
  void finishedRunIsEvaluatedAgainAndUnchanged() throws IOException {
    TrainingOutcome first = trainWhole(DROPPING, ALL);
    Path run = Bench.copy(whole(ALL), directory.resolve("run"));
    byte[] variables = Bench.variables(Bench.checkpoint(run, 11));

    TrainingOutcome again = bench.resume(run, DROPPING, Bench.settings(ALL));

    assertThat(again.last()).isEqualTo(first.last());
    assertThat(again.steps()).isEqualTo(11);
    assertThat(Bench.variables(Bench.checkpoint(run, 11))).isEqualTo(variables);
  }

  @Test
  void startsWithoutCheckpoints() throws IOException {
    ClassificationSettings settings = Bench.settings("{'steps': 2}");
    RecordingLog log = new RecordingLog();

    TrainingOutcome result = bench.resume(directory, TinyNetwork.PLAIN, settings, log);

    assertThat(result.steps()).isEqualTo(2);
    assertThat(log.messages)
        .containsExactly(
            "There is no checkpoint in " + directory.resolve("checkpoints") + "; training starts.");
  }

  @Test
  void rejectsStartingOverCheckpoints() throws IOException {
    ClassificationSettings settings = Bench.settings("{'steps': 2}");
    bench.run(directory, TinyNetwork.PLAIN, settings);
    byte[] variables = Bench.variables(Bench.checkpoint(directory, 2));

    assertThatThrownBy(() -> bench.run(directory, TinyNetwork.PLAIN, settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "directory: expected no checkpoints, but %s contains some; resume the run, or train in another directory.",
            directory.resolve("checkpoints"));
    assertThat(Bench.variables(Bench.checkpoint(directory, 2))).isEqualTo(variables);
  }

  @Test
  void rejectsOtherSeedOrImages() throws IOException {
    bench.run(directory, TinyNetwork.PLAIN, Bench.settings("{'steps': 1}"));

    assertThatThrownBy(
            () ->
                bench.resume(
                    directory, TinyNetwork.PLAIN, Bench.settings("{'steps': 2, 'seed': 7}")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("was written with seed 1, but the run has seed 7.");
    try (var other = bench.training.split(0.5, 1).remainder()) {
      TrainingPlan plan =
          bench.plan(directory, TinyNetwork.PLAIN, Bench.settings("{'steps': 2}"), other);
      assertThatThrownBy(() -> new TrainingLoop(plan, new RecordingLog()).resume())
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("was trained on other data than");
    }
  }
}
