package dev.recal.graphs.training;

/**
 * Asks a loop to stop: it completes the step that it is in, writes a checkpoint and ends by a
 * {@link TrainingStoppedException}. Safe for use by several threads.
 */
public final class StopSignal {

  private volatile boolean requested;

  /** Asks the loop to stop. */
  public void request() {
    requested = true;
  }

  /** Returns whether a stop was requested. */
  public boolean isRequested() {
    return requested;
  }
}
