package dev.recal.graphs.training;

/** Training has left the numbers; the message says at which step and what to go on from. */
public final class DivergenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The sentence says at which step and what to go on from. */
  public DivergenceException(String message) {
    super(message);
  }
}
