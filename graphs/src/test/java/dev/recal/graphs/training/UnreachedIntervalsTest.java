package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.logs.TrainingLog;
import dev.recal.ops.Replicas;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What cannot take effect in a training that ends before is told. */
class UnreachedIntervalsTest {

  private static final Pace FIVE_STEPS = Pace.of(8, 5);

  private record Stage(long steps) implements TrainingStage {
    @Override
    public TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas) {
      throw new UnsupportedOperationException();
    }
  }

  private static Optional<String> notice(
      long steps, Every checkpoints, Every reviews, Optional<Integer> patience) {
    TrainingPlan plan =
        new TrainingPlan(
            "tiny",
            Path.of("run"),
            SessionSettings.defaults(),
            new Intervals(checkpoints, reviews, 1),
            patience,
            List.of(new Stage(steps)));
    return new UnreachedIntervals(plan, steps, FIVE_STEPS).notice();
  }

  @Test
  void intervalsBeyondTheEndAreNamedInOneLine() {
    assertThat(notice(1500, Every.steps(1501).orMinutes(10), Every.epochs(301), Optional.of(3)))
        .hasValue(
            "Without effect, since training ends after 1,500 steps: the checkpoint interval of"
                + " 1,501 steps, the review interval of 301 epochs, the patience of 3 reviews.");
    assertThat(notice(1, Every.steps(2), Every.steps(1), Optional.empty()))
        .hasValue(
            "Without effect, since training ends after 1 step: the checkpoint interval of 2"
                + " steps.");
  }

  @Test
  void whatIsDueAtTheEndTakesEffect() {
    assertThat(notice(10, Every.steps(10), Every.epochs(2), Optional.empty())).isEmpty();
  }

  @Test
  void aTrainingOfLessThanAnEpochIsNoContradiction() {
    assertThat(notice(2, Every.epochs(1), Every.epochs(1), Optional.empty())).isEmpty();
  }

  @Test
  void patienceNeedsOneReviewMoreBeforeTheEnd() {
    // Reviews before the end: after steps 5, 10 and 15.
    assertThat(notice(20, Every.steps(1), Every.epochs(1), Optional.of(2))).isEmpty();
    assertThat(notice(20, Every.steps(1), Every.epochs(1), Optional.of(3)))
        .hasValue("Without effect, since training ends after 20 steps: the patience of 3 reviews.");
    assertThat(notice(20, Every.steps(1), Every.epochs(1).orMinutes(1), Optional.of(3))).isEmpty();
  }
}
