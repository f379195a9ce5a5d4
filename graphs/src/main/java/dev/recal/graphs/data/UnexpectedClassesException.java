package dev.recal.graphs.data;

import java.nio.file.Path;

/** A data set has classes that a network does not have. */
public final class UnexpectedClassesException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnexpectedClassesException(String message) {
    super(message);
  }

  private UnexpectedClassesException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns the same with the file that has the names of the network's classes. */
  public UnexpectedClassesException expectedBy(Path file) {
    String sentence = getMessage().substring(0, getMessage().length() - 1);
    return new UnexpectedClassesException(sentence + ", as in " + file + ".", this);
  }
}
