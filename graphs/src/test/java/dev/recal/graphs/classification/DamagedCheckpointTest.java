package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointException;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged checkpoints, and paths where none can be written. */
class DamagedCheckpointTest {

  private static final TinyNetwork NETWORK = TinyNetwork.PLAIN;
  private static final String DATA = "variables.data-00000-of-00001";
  private static final ClassificationSettings SETTINGS = Bench.settings("{'steps': 10}");

  private static Bench bench;
  private static Path whole;
  private static Path stopped;

  @TempDir private Path directory;

  @BeforeAll
  static void train(@TempDir Path shared) throws IOException {
    bench = new Bench();
    whole = shared.resolve("whole");
    bench.run(whole, NETWORK, SETTINGS);
    stopped = shared.resolve("stopped");
    bench.runUntil(7, stopped, NETWORK, SETTINGS);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private interface Damage {
    void at(Path checkpoint) throws IOException;
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("truncated data", c -> truncate(c.resolve(DATA)), "bytes in " + DATA),
        damage("no data", c -> Files.delete(c.resolve(DATA)), "there is no "),
        damage("no index", c -> Files.delete(c.resolve("variables.index")), "there is no "),
        damage("turned bits in the data", c -> turn(c.resolve(DATA)), "cannot be read: "),
        damage("turned bits in the index", c -> turn(c.resolve("variables.index")), "read: "),
        damage("no state", c -> Files.delete(c.resolve("state.json")), "there is no "),
        damage("state that is not JSON", c -> state(c, "{\"step\": 7, \"ep"), "is not JSON"),
        damage(
            "state in another encoding",
            c -> Files.write(c.resolve("state.json"), new byte[] {'"', (byte) 0xe4, '"'}),
            "state.json: expected UTF-8 text, but byte 0xe4 at position 1 is not."),
        damage("state of null", c -> state(c, "null"), "but got nothing"),
        damage("an empty state", c -> state(c, ""), "is not JSON"),
        damage("another program's state", c -> state(c, "{\"steps\": 7}"), "no such key"));
  }

  private static Arguments damage(String name, Damage damage, String reason) {
    return Arguments.of(name, damage, reason);
  }

  private static void truncate(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private static void turn(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = bytes.length / 3; i < bytes.length / 3 + 20; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(file, bytes);
  }

  private static void state(Path checkpoint, String text) throws IOException {
    Files.writeString(checkpoint.resolve("state.json"), text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void fallsBackToThePreviousCheckpoint(String name, Damage damage, String reason)
      throws IOException {
    Path broken = Bench.copy(stopped, directory.resolve("broken"));
    Path newest = Bench.checkpoint(broken, 7);
    damage.at(newest);

    RecordingLog log = new RecordingLog();
    TrainingOutcome result = bench.resume(broken, NETWORK, SETTINGS, log);

    assertThat(log.messages).hasSize(2);
    assertThat(log.messages.get(0))
        .startsWith("The checkpoint " + newest + " ")
        .contains(reason)
        .endsWith(". Trying an earlier one.")
        .doesNotContain("\n");
    assertThat(log.messages.get(1)).endsWith("step-000000006 at step 6.");
    assertThat(result.steps()).isEqualTo(10);
    assertThat(Bench.variables(Bench.checkpoint(broken, 10)))
        .isEqualTo(Bench.variables(Bench.checkpoint(whole, 10)));
    // The last three and the best; the damaged ones were written again or deleted.
    assertThat(new CheckpointDirectory(broken.resolve("checkpoints"), 3).all())
        .map(path -> path.getFileName().toString())
        .containsSubsequence("step-000000010", "step-000000009", "step-000000008")
        .hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void damagedCheckpointDoesNotDisplaceIntactOne() throws IOException {
    ClassificationSettings keepsOne =
        Bench.settings("{'steps': 10, 'evaluateEvery': 9, 'checkpoints': {'keep': 1}}");
    bench.runUntil(7, directory, NETWORK, keepsOne);
    Path newer = directory.resolve("checkpoints/step-000000099");
    Files.createDirectories(newer);
    state(newer, "not a state");

    assertThatThrownBy(
            () -> bench.resume(directory, NETWORK, keepsOne, new RecordingLog().stoppingAfter(9)))
        .isInstanceOf(RecordingLog.Stop.class);

    CheckpointDirectory checkpoints = new CheckpointDirectory(directory.resolve("checkpoints"), 1);
    assertThat(checkpoints.all())
        .containsExactly(newer, Bench.checkpoint(directory, 9), Bench.checkpoint(directory, 8));
    assertThat(checkpoints.best()).contains(Bench.checkpoint(directory, 9));
  }

  @Test
  void allUnreadableIsOneSentence() throws IOException {
    Path run = Bench.copy(whole, directory.resolve("run"));
    CheckpointDirectory checkpoints = new CheckpointDirectory(run.resolve("checkpoints"), 3);
    var before = checkpoints.all();
    for (Path checkpoint : before) {
      truncate(checkpoint.resolve(DATA));
    }

    String sentence = "No checkpoint in " + checkpoints.root() + " can be read.";
    assertThatThrownBy(() -> bench.resume(run, NETWORK, SETTINGS))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(sentence);
    assertThatThrownBy(checkpoints::best).hasMessage(sentence);
    assertThat(checkpoints.all()).isEqualTo(before);
  }

  @Test
  void checkpointOfAnotherNetworkIsNamed() throws IOException {
    bench.run(directory, new TinyNetwork(10, false, 0), SETTINGS);
    RecordingLog log = new RecordingLog();

    assertThatThrownBy(() -> bench.resume(directory, NETWORK, SETTINGS, log))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(
            "The checkpoint "
                + Bench.checkpoint(directory, 10)
                + " contains the variables of another network or optimiser: norm/")
        .hasMessageContaining(" is missing");
    assertThat(log.messages).isEmpty();
  }

  @Test
  void removesLeftoversOfKilledProcess() throws IOException {
    bench.runUntil(3, directory, NETWORK, SETTINGS);
    Path checkpoints = directory.resolve("checkpoints");
    for (String left : new String[] {".writing-step-000000004", ".old-step-000000002"}) {
      Files.createDirectories(checkpoints.resolve(left + "/inner"));
      Files.writeString(checkpoints.resolve(left + "/inner/variables.tempstate123"), "half");
    }
    Files.writeString(checkpoints.resolve(".not-ours"), "stays");

    bench.resume(directory, NETWORK, SETTINGS);

    try (Stream<Path> entries = Files.list(checkpoints)) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .filteredOn(name -> name.startsWith("."))
          .containsExactly(".not-ours");
    }
  }

  @Test
  void existingFileIsNamed() throws IOException {
    Path existingFile = directory.resolve("checkpoints");
    Files.writeString(existingFile, "a file");

    assertThatThrownBy(() -> bench.run(directory, NETWORK, SETTINGS))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "The checkpoint %s could not be written: %s is a file, not a directory.",
            Bench.checkpoint(directory, 0), existingFile);
    assertThat(existingFile).hasContent("a file");
    assertThatThrownBy(() -> bench.run(existingFile, NETWORK, SETTINGS))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("could not be written: ")
        .hasMessageContaining("checkpoints/checkpoints");
  }
}
