package dev.recal.graphs.training;

import dev.recal.ops.Arguments;
import java.util.Optional;

/**
 * An interval: a number of steps, epochs or minutes, whichever comes first. At the end of a run it
 * is due in any case.
 *
 * @param steps optimiser steps between two, at least 1
 * @param epochs epochs between two, at least 1; only at the end of an epoch
 * @param minutes between two, positive
 */
public record Every(Optional<Long> steps, Optional<Integer> epochs, Optional<Double> minutes) {

  private static final double NANOS_PER_MINUTE = 6e10;

  /** Rejects intervals that are not positive. */
  public Every {
    steps.ifPresent(n -> Arguments.atLeast(1, "steps", n));
    epochs.ifPresent(n -> Arguments.atLeast(1, "epochs", n));
    minutes.ifPresent(n -> Arguments.positive("minutes", n));
  }

  /** So many steps. */
  public static Every steps(long count) {
    return new Every(Optional.of(count), Optional.empty(), Optional.empty());
  }

  /** So many epochs. */
  public static Every epochs(int count) {
    return new Every(Optional.empty(), Optional.of(count), Optional.empty());
  }

  /** Returns this interval with a maximum number of minutes. */
  public Every orMinutes(double count) {
    return new Every(steps, epochs, Optional.of(count));
  }

  /**
   * Returns whether it is due.
   *
   * @param step optimiser steps done
   * @param epochsDone epochs done, where the step ended one
   * @param nanos since it last was
   */
  boolean due(long step, Optional<Long> epochsDone, long nanos) {
    return steps.filter(n -> step % n == 0).isPresent()
        || (epochsDone.isPresent() && epochs.filter(n -> epochsDone.get() % n == 0).isPresent())
        || minutes.filter(n -> nanos / NANOS_PER_MINUTE > n).isPresent();
  }
}
