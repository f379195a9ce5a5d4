package dev.recal.graphs.training;

import dev.recal.ops.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The settings of a plan that cannot take effect, as its training ends before. */
final class UnreachedIntervals {

  private final TrainingPlan plan;
  private final long steps;
  private final Pace pace;

  /**
   * Those of a stage.
   *
   * @param steps of the stage
   */
  UnreachedIntervals(TrainingPlan plan, long steps, Pace pace) {
    this.plan = plan;
    this.steps = steps;
    this.pace = pace;
  }

  /** Returns a sentence that names them; empty if all can take effect. */
  Optional<String> notice() {
    List<String> unreached = new ArrayList<>();
    interval(plan.intervals().checkpoints())
        .ifPresent(text -> unreached.add("the checkpoint interval of " + text));
    interval(plan.intervals().reviews())
        .ifPresent(text -> unreached.add("the review interval of " + text));
    plan.patience()
        .filter(patience -> reviewsBeforeTheEnd().orElse(Long.MAX_VALUE) <= patience)
        .ifPresent(patience -> unreached.add("the patience of " + Counted.of(patience, "review")));
    return unreached.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "Without effect, since %s ends after %s: %s.",
                plan.stages().size() == 1 ? "training" : "a stage",
                Counted.of(steps, "step"),
                String.join(", ", unreached)));
  }

  // The minimum of such an interval is one epoch, so a shorter training is not reported.
  private Optional<String> interval(Every every) {
    Stream<String> texts =
        Stream.concat(
            every.steps().filter(n -> n > steps).map(n -> Counted.of(n, "step")).stream(),
            every
                .epochs()
                .filter(n -> n > 1 && n * pace.stepsPerPass() > steps)
                .map(n -> Counted.of(n, "epoch"))
                .stream());
    return texts.reduce((one, other) -> one + " or " + other);
  }

  // The first review sets what the following ones are compared with. After minutes: unknown.
  private OptionalLong reviewsBeforeTheEnd() {
    Every reviews = plan.intervals().reviews();
    if (reviews.minutes().isPresent()) {
      return OptionalLong.empty();
    }
    LongStream intervals =
        LongStream.concat(
            reviews.steps().stream().mapToLong(n -> n),
            reviews.epochs().stream().mapToLong(n -> n * pace.stepsPerPass()));
    return OptionalLong.of(intervals.map(interval -> (steps - 1) / interval).sum());
  }
}
