package dev.recal.graphs.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void chooseFile() {
    file = directory.resolve("run/metrics.jsonl");
  }

  private void write(long startStep, long endStep) {
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.run(startStep));
      for (long step = startStep + 1; step <= endStep; step++) {
        log.step(Reports.step(step));
      }
    }
  }

  private static List<Long> steps(MetricsHistory history) {
    return history.steps().stream().map(StepReport::step).toList();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static JsonObject strict(String line) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(line));
    reader.setStrictness(Strictness.STRICT);
    return JsonParser.parseReader(reader).getAsJsonObject();
  }

  @Test
  void roundTrips() {
    StepReport noisy =
        Reports.withExtras(
            Reports.step(1), Map.of("gradient_norm", 3.5, "scale", Double.POSITIVE_INFINITY));
    StepReport unmeasured = new StepReport(2, 1, 10, 100, 0.1, OptionalDouble.empty(), 0.05, 10, 1);
    EvaluationReport evaluation = Reports.evaluation(2, 0.25);
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.run(0));
      log.step(noisy);
      log.step(unmeasured);
      log.evaluated(evaluation);
      log.message("checkpoint \"2\" written\nto disk");
    }
    MetricsHistory history = MetricsHistory.read(file);
    assertThat(history.name()).isEqualTo("srm-resnet-20");
    assertThat(history.steps()).containsExactly(noisy, unmeasured);
    assertThat(history.evaluations()).containsOnlyKeys("evaluation");
    assertThat(history.evaluations().get("evaluation")).containsExactly(evaluation);
    assertThat(history.damagedLines()).isZero();
  }

  @Test
  void writesStrictJsonForNanAndInfinity() throws IOException {
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.run(0));
      log.step(Reports.step(1, Double.NaN));
      log.step(Reports.step(2, Double.NEGATIVE_INFINITY));
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(strict(lines.get(0)).get("kind").getAsString()).isEqualTo("run");
    assertThat(strict(lines.get(1)).get("loss").isJsonNull()).isTrue();
    assertThat(strict(lines.get(1)).get("loss_text").getAsString()).isEqualTo("NaN");
    assertThat(strict(lines.get(2)).get("loss_text").getAsString()).isEqualTo("-Infinity");
    assertThat(MetricsHistory.read(file).steps())
        .extracting(StepReport::loss)
        .containsExactly(Double.NaN, Double.NEGATIVE_INFINITY);
  }

  @Test
  void aLineIsInTheFileBeforeTheLogIsClosed() {
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.run(0));
      log.step(Reports.step(1));
      assertThat(steps(MetricsHistory.read(file))).containsExactly(1L);
    }
  }

  @Test
  void resumedFileHasNoDuplicateSteps() throws IOException {
    write(0, 25);
    byte[] torn = "{\"kind\":\"step\",\"step\":26,\"los\u00e9".getBytes(StandardCharsets.UTF_8);
    Files.write(file, Arrays.copyOf(torn, torn.length - 1), StandardOpenOption.APPEND);
    assertThat(MetricsHistory.read(file).damagedLines()).isEqualTo(1);
    write(20, 30);
    MetricsHistory history = MetricsHistory.read(file);
    assertThat(steps(history)).isEqualTo(range(1, 30));
    assertThat(history.damagedLines()).isZero();
    assertThat(Files.readAllLines(file).stream().filter(line -> line.contains("\"step\",")))
        .hasSize(30);
    assertThat(Files.list(file.getParent())).hasSize(1);
  }

  @Test
  void stagesFollowEachOtherInOneFile() throws IOException {
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.firstStage());
      log.step(Reports.stageStep(100));
      log.started(Reports.secondStage(100));
      log.step(Reports.stageStep(101));
      log.step(Reports.stageStep(200));
    }
    MetricsHistory history = MetricsHistory.read(file);
    assertThat(steps(history)).containsExactly(100L, 101L, 200L);
    assertThat(history.laterStages()).containsExactly(100L);
    assertThat(CurveAxis.of(history)).isEqualTo(new CurveAxis("step", 1, 200, List.of(100.0)));
    JsonObject second = strict(Files.readAllLines(file).get(2));
    assertThat(second.get("stage").getAsInt()).isEqualTo(2);
    assertThat(second.get("stages").getAsInt()).isEqualTo(3);
    assertThat(second.get("run_steps").getAsLong()).isEqualTo(300);
  }

  @Test
  void aRepeatedEvaluationCountsOnce() {
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.run(0));
      log.evaluated(Reports.evaluation(10, 0.25));
    }
    try (MetricsLog log = new MetricsLog(file)) {
      log.started(Reports.run(10));
      log.evaluated(Reports.evaluation(10, 0.5));
    }
    assertThat(MetricsHistory.read(file).evaluations().get("evaluation"))
        .extracting(EvaluationReport::top1)
        .containsExactly(OptionalDouble.of(0.5));
  }

  @Test
  void newRunKeepsTheOldFile() {
    write(0, 5);
    write(0, 3);
    write(0, 2);
    assertThat(steps(MetricsHistory.read(file))).isEqualTo(range(1, 2));
    assertThat(steps(MetricsHistory.read(file.resolveSibling("metrics.jsonl.1"))))
        .isEqualTo(range(1, 5));
    assertThat(steps(MetricsHistory.read(file.resolveSibling("metrics.jsonl.2"))))
        .isEqualTo(range(1, 3));
  }

  @Test
  void malformedLinesAreCountedAndSkipped() throws IOException {
    write(0, 2);
    Files.writeString(
        file,
        "[1, 2]\n\n{\"kind\":\"step\",\"step\":3}\n{\"kind\":\"new\",\"step\":3}\nnull\n",
        StandardOpenOption.APPEND);
    MetricsHistory history = MetricsHistory.read(file);
    assertThat(steps(history)).isEqualTo(range(1, 2));
    assertThat(history.damagedLines()).isEqualTo(3);
  }

  @Test
  void directoryThatCannotBeCreatedIsOneSentence() throws IOException {
    Files.writeString(directory.resolve("run"), "in the way");
    try (MetricsLog log = new MetricsLog(file)) {
      assertThatThrownBy(() -> log.started(Reports.run(0)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "Cannot write the metrics file %s: %s already exists."
                  .formatted(file, directory.resolve("run")));
    }
  }

  /** Writes until it is killed. */
  static final class EndlessWriter {
    private EndlessWriter() {}

    public static void main(String[] arguments) {
      try (MetricsLog log = new MetricsLog(Path.of(arguments[0]))) {
        log.started(new RunInfo("endless", 0, Long.MAX_VALUE, 10, 1));
        for (long step = 1; step < Long.MAX_VALUE; step++) {
          log.step(
              new StepReport(step, 1, 10, Long.MAX_VALUE, 1, OptionalDouble.empty(), 0.1, 1, step));
        }
      }
    }
  }

  @Test
  void killTruncatesAtMostTheLastLine() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EndlessWriter.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (System.nanoTime() < deadline && (!Files.exists(file) || Files.size(file) < 50_000)) {
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    MetricsHistory history = MetricsHistory.read(file);
    assertThat(history.steps()).hasSizeGreaterThan(100);
    assertThat(history.damagedLines()).isLessThanOrEqualTo(1);
    assertThat(steps(history)).isEqualTo(range(1, history.steps().size()));
  }

  @Test
  void firstLineHasTheSettings() throws IOException {
    try (MetricsLog log = new MetricsLog(file, Map.of("training.batch", "128"))) {
      log.started(Reports.firstStage());
      log.step(Reports.stageStep(100));
      log.started(Reports.secondStage(100));
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(strict(lines.get(0)).getAsJsonObject("recipe").get("training.batch").getAsString())
        .isEqualTo("128");
    assertThat(strict(lines.get(2)).has("recipe")).isFalse();
  }
}
