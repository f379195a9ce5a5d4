package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.logs.MetricsHistory;
import dev.recal.graphs.logs.RunInfo;
import dev.recal.graphs.logs.StageInfo;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.logs.TrainingLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the logs are told about a run of several stages. */
class StagesTest {

  private static final CountingStage SMALL = new CountingStage(4, 1, "scale 1 of 2");
  private static final CountingStage LARGE = new CountingStage(6, 3.5, "scale 2 of 2");

  @TempDir private Path directory;

  private final Console console = new Console();
  private StopSignal signal = new StopSignal();

  private final class Console implements TrainingLog {
    final List<RunInfo> started = new ArrayList<>();
    final List<Long> epochs = new ArrayList<>();
    final List<Double> seconds = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    long stop;

    @Override
    public void started(RunInfo run) {
      started.add(run);
    }

    @Override
    public void step(StepReport report) {
      epochs.add(report.epoch());
      seconds.add(report.seconds());
      if (report.step() == stop) {
        signal.request();
      }
    }

    @Override
    public void message(String text) {
      messages.add(text);
    }

    @Override
    public void close() {}
  }

  private void train(Every reviews, Optional<Integer> patience) throws IOException {
    train(console, reviews, patience);
  }

  private void train(TrainingLog told, Every reviews, Optional<Integer> patience)
      throws IOException {
    TrainingPlan plan =
        new TrainingPlan(
            "tiny",
            directory,
            SessionSettings.defaults(),
            new Intervals(Every.steps(2), reviews, 1),
            patience,
            List.of(SMALL, LARGE));
    try (TrainingLogs logs = TrainingLogs.inDirectory(directory, told)) {
      new TrainingLoop(plan, logs, new LoopOptions(Map.of(), signal, Workers.single())).resume();
      assertThat(logs.failures()).isEmpty();
    }
  }

  private MetricsHistory metrics() {
    return MetricsHistory.read(directory.resolve(TrainingLogs.METRICS_FILE));
  }

  @Test
  void logsKnowStepsAndCostsOfTheWholeRun() throws IOException {
    train(Every.steps(100), Optional.empty());

    assertThat(console.started)
        .extracting(RunInfo::stage)
        .containsExactly(
            new StageInfo(1, 2, "scale 1 of 2", 0, 10, 1, 21),
            new StageInfo(2, 2, "scale 2 of 2", 4, 10, 3.5, 0));
    assertThat(console.started).extracting(RunInfo::startStep).containsExactly(0L, 4L);
    assertThat(console.started).extracting(RunInfo::totalSteps).containsExactly(4L, 10L);
    assertThat(console.epochs).containsExactly(1L, 1L, 2L, 2L, 1L, 1L, 2L, 2L, 3L, 3L);
    assertThat(console.seconds).isSorted();
    assertThat(console.messages.stream().filter("Counting."::equals)).hasSize(1);
    assertThat(console.messages)
        .contains(
            "Without effect, since a stage ends after 4 steps: the review interval of 100 steps.");
    assertThat(metrics().steps())
        .extracting(StepReport::step)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(metrics().evaluations().get("evaluation")).hasSize(2);
    assertThat(metrics().laterStages()).containsExactly(4L);
  }

  @Test
  void resumedRunContinuesInItsStage() throws IOException {
    console.stop = 7;
    assertThatThrownBy(() -> train(Every.steps(100), Optional.empty()))
        .isInstanceOf(TrainingStoppedException.class);
    signal = new StopSignal();
    console.stop = 0;
    console.started.clear();
    train(Every.steps(100), Optional.empty());

    assertThat(console.started).hasSize(1);
    assertThat(console.started.get(0).startStep()).isEqualTo(7);
    assertThat(console.started.get(0).stage().number()).isEqualTo(2);
    assertThat(metrics().steps()).hasSize(10);
    assertThat(metrics().laterStages()).containsExactly(4L);
  }

  @Test
  void eachStageEndsEarlyByItself() throws IOException {
    train(Every.steps(1), Optional.of(1));

    assertThat(console.messages)
        .contains(
            "Stopped early at step 2 of 4 of scale 1 of 2: 1 reviews in a row had no better score"
                + " than 0.0.",
            "Stopped early at step 2 of 6 of scale 2 of 2: 1 reviews in a row had no better score"
                + " than 0.0.");
    assertThat(metrics().steps()).extracting(StepReport::step).containsExactly(1L, 2L, 5L, 6L);
  }

  /** Stops a run whose loss reaches a value. */
  private record LossReached(double target) implements TrainingObserver {

    @Override
    public Optional<String> stepped(StepReport report) {
      return report.loss() <= target
          ? Optional.of("Loss " + report.loss() + " is reached at step " + report.step() + ".")
          : Optional.empty();
    }
  }

  @Test
  void observerStopsTheRunWithACheckpoint() throws IOException {
    train(Every.steps(1), Optional.empty());
    double target = metrics().steps().get(2).loss();
    long expected =
        metrics().steps().stream()
            .filter(report -> report.loss() <= target)
            .findFirst()
            .orElseThrow()
            .step();
    directory = directory.resolve("observed");
    ObserverLog observed = new ObserverLog(console, new LossReached(target), signal);
    assertThatThrownBy(() -> train(observed, Every.steps(100), Optional.empty()))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("step " + expected);
    assertThat(observed.reason().orElseThrow()).endsWith("at step " + expected + ".");
    assertThat(console.messages).contains(observed.reason().orElseThrow());
    // It is resumed where it stopped.
    signal = new StopSignal();
    train(Every.steps(100), Optional.empty());
    assertThat(console.started.get(console.started.size() - 1).totalSteps()).isEqualTo(10);
    assertThat(metrics().steps()).hasSize(10);
  }
}
