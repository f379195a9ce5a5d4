package dev.recal.graphs.training;

/** Training has diverged; the message states the step and the checkpoints to resume from. */
public final class DivergenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The message states the step and the checkpoints to resume from. */
  public DivergenceException(String message) {
    super(message);
  }
}
