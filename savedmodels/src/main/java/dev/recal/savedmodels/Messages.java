package dev.recal.savedmodels;

/**
 * Shortens TensorFlow's multi-line error messages to one line. Its exceptions have no common class
 * but {@link RuntimeException}: some are an {@link IllegalArgumentException}, some are not.
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
