package dev.recal.graphs.training;

import dev.recal.graphs.cluster.Workers;

/**
 * What several workers have to decide alike although each has another clock and gets other signals:
 * whether training stops, and what is due by time. They ask each other about once a second, between
 * two steps; the chief says after how many steps the next time. A process that trains alone decides
 * after each step.
 */
final class Agreement {

  private static final double NANOS_BETWEEN = 1e9;

  private final Workers workers;
  private final StopSignal signal;
  private long next;
  private long last;
  private long lastStep;

  Agreement(Workers workers, StopSignal signal) {
    this.workers = workers;
    this.signal = signal;
  }

  /**
   * What holds after a step.
   *
   * @param stops whether training stops
   * @param nanos time since the last checkpoint; 0 between two agreements
   */
  record Moment(boolean stops, long nanos) {}

  /** Starts at a step: the first agreement follows the next one. */
  void start(long step) {
    next = step + 1;
    lastStep = step;
    last = System.nanoTime();
  }

  /**
   * Returns what all workers hold to be true.
   *
   * @param step steps done
   * @param nanos since the last checkpoint, by this worker's clock
   */
  Moment after(long step, long nanos) {
    if (workers.isSingle()) {
      return new Moment(signal.isRequested(), nanos);
    }
    if (step < next) {
      return new Moment(false, 0);
    }
    boolean chief = workers.isChief();
    double[] all =
        workers.sum(signal.isRequested() ? 1 : 0, chief ? nanos : 0, chief ? stepsToNext(step) : 0);
    next = step + (long) all[2];
    return new Moment(all[0] > 0, (long) all[1]);
  }

  private double stepsToNext(long step) {
    long now = System.nanoTime();
    double nanosOfStep = (now - last) / (double) Math.max(1, step - lastStep);
    last = now;
    lastStep = step;
    return Math.max(1, Math.floor(NANOS_BETWEEN / Math.max(1, nanosOfStep)));
  }

  /** Returns whether something holds in at least one worker. */
  boolean any(boolean holds) {
    return workers.sum(holds ? 1 : 0)[0] > 0;
  }

  /** Returns the chief's position, for example with the score of its review. */
  Position ofChief(Position position) {
    return workers.isSingle() ? position : Position.of(workers.ofChief(position.numbers()));
  }
}
