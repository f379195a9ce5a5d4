package dev.recal.tools.console;

/** A command failed; the exit code is 1. */
public final class FailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param sentence states what failed, the expected and the actual value
   */
  public FailureException(String sentence) {
    super(sentence);
  }

  /** A failure with a cause, which {@code --debug} shows. */
  public FailureException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
