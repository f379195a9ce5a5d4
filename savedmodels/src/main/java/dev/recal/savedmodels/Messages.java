package dev.recal.savedmodels;

/**
 * Makes one line of what TensorFlow says in many. Its exceptions have no class in common but {@link
 * RuntimeException}: some are an {@link IllegalArgumentException}, some not.
 */
final class Messages {

  private Messages() {}

  /** Returns the first line of a message, without a full stop. */
  static String firstLine(Throwable problem) {
    String message = problem.getMessage() == null ? problem.toString() : problem.getMessage();
    return message
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("")
        .strip()
        .replaceAll("[.:]+$", "");
  }
}
