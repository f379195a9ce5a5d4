package dev.recal.tools.console;

/** A command that did not succeed for a reason that one sentence tells; the exit code is 1. */
public final class FailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param sentence names what failed, what was expected and what came
   */
  public FailureException(String sentence) {
    super(sentence);
  }

  /** The same with what led to it, which {@code --debug} shows. */
  public FailureException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
