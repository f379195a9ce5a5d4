package dev.recal.graphs.training;

import dev.recal.graphs.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint cannot be written or read; the message names the file. */
public class CheckpointException extends IOException {

  private static final long serialVersionUID = 1L;

  CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A sentence about a checkpoint, with the first line of its cause as the reason. */
  static CheckpointException of(Path checkpoint, String what, Exception cause) {
    return new CheckpointException(
        "The checkpoint " + checkpoint + " " + what + ": " + reason(cause) + ".", cause);
  }

  private static String reason(Exception failure) {
    String message =
        failure instanceof IOException file ? AtomicFiles.reason(file) : failure.getMessage();
    if (message == null) {
      message = failure.toString();
    }
    String line = message.lines().findFirst().orElse(message);
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
