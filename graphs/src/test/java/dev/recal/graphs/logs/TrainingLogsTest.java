package dev.recal.graphs.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLogsTest {
  /** Records its calls and fails on request. */
  private static final class Recorder implements TrainingLog {
    private final String name;
    private final List<String> received = new ArrayList<>();
    private String failing = "";

    Recorder(String name) {
      this.name = name;
    }

    Recorder failingAt(String event) {
      failing = event;
      return this;
    }

    private void hear(String event) {
      received.add(event);
      if (event.equals(failing)) {
        throw new UncheckedIOException(
            "Cannot write %s: No space left on device.".formatted(name), new IOException());
      }
    }

    @Override
    public void started(RunInfo run) {
      hear("started");
    }

    @Override
    public void step(StepReport report) {
      hear("step " + report.step());
    }

    @Override
    public void evaluated(EvaluationReport report) {
      hear("evaluated " + report.step());
    }

    @Override
    public void message(String text) {
      hear("message " + text);
    }

    @Override
    public void close() {
      hear("close");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @Test
  void allLogsReceiveEverythingInOrder() {
    Recorder first = new Recorder("a");
    Recorder second = new Recorder("b");
    try (TrainingLogs logs = TrainingLogs.all(first, second)) {
      logs.started(Reports.run(0));
      logs.step(Reports.step(1));
      logs.evaluated(Reports.evaluation(1, 0.5));
      logs.message("hello");
    }
    assertThat(first.received)
        .containsExactly("started", "step 1", "evaluated 1", "message hello", "close");
    assertThat(second.received).isEqualTo(first.received);
  }

  @Test
  void logThatCannotStartEndsTheRunBeforeItsFirstStep() {
    Recorder good = new Recorder("good");
    Recorder bad = new Recorder("bad").failingAt("started");
    TrainingLogs logs = TrainingLogs.all(List.of(good, bad));
    assertThatThrownBy(() -> logs.started(Reports.run(0)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("Cannot write bad: No space left on device.");
    assertThat(good.received).containsExactly("started", "close");
    assertThat(bad.received).containsExactly("started", "close");
  }

  @Test
  void laterFailureOfALogIsReportedByTheOthers() {
    Recorder bad = new Recorder("the file").failingAt("step 2");
    Recorder good = new Recorder("good");
    String sentence =
        "The training log the file stopped at step 2, and training continues without it: Cannot"
            + " write the file: No space left on device.";
    TrainingLogs logs = TrainingLogs.all(bad, good);
    logs.started(Reports.run(0));
    for (long step = 1; step <= 3; step++) {
      logs.step(Reports.step(step));
    }
    assertThat(logs.failures()).containsExactly(sentence);
    logs.close();
    logs.close();
    assertThat(bad.received).containsExactly("started", "step 1", "step 2", "close");
    assertThat(good.received)
        .containsExactly(
            "started",
            "step 1",
            "step 2",
            "message " + sentence,
            "step 3",
            "message " + sentence,
            "close");
  }

  @Test
  void logThatFailsAtALaterStageIsDropped() {
    Recorder bad = new Recorder("bad");
    Recorder good = new Recorder("good");
    TrainingLogs logs = TrainingLogs.all(bad, good);
    logs.started(Reports.firstStage());
    bad.failingAt("started");
    logs.started(Reports.secondStage(100));
    assertThat(logs.failures()).hasSize(1);
    assertThat(logs.failures().get(0))
        .startsWith("The training log bad stopped at the start of stage 2 of 3, and training");
    assertThat(good.received).hasSize(3);
    logs.close();
  }

  @Test
  void logThatCannotBeClosedIsReported() {
    Recorder bad = new Recorder("bad").failingAt("close");
    Recorder good = new Recorder("good");
    TrainingLogs logs = TrainingLogs.all(bad, good);
    logs.started(Reports.run(0));
    logs.close();
    assertThat(logs.failures())
        .containsExactly(
            "The training log bad could not be finished: Cannot write bad: No space left on"
                + " device.");
    assertThat(good.received).containsExactly("started", "close");
  }

  @Test
  void runWritesItsFilesToTheDirectory(@TempDir Path directory) {
    Recorder console = new Recorder("console");
    try (TrainingLogs logs = TrainingLogs.inDirectory(directory.resolve("run"), console)) {
      logs.started(Reports.run(0));
      logs.step(Reports.step(1));
    }
    assertThat(console.received).containsExactly("started", "step 1", "close");
    assertThat(directory.resolve("run/metrics.jsonl")).content().contains("\"step\":1,");
    assertThat(directory.resolve("run/curves.png")).isNotEmptyFile();
    assertThat(directory.resolve("run/tensorboard")).isDirectoryContaining("glob:**tfevents*");
  }
}
