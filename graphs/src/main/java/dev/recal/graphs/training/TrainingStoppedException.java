package dev.recal.graphs.training;

/** Training was stopped by a {@link StopSignal}; its checkpoint is written. */
public final class TrainingStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long step;

  TrainingStoppedException(long step) {
    super("Training was stopped at step " + step + ", where its checkpoint is.");
    this.step = step;
  }

  /** Returns the optimiser steps done. */
  public long step() {
    return step;
  }
}
