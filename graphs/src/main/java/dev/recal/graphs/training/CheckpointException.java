package dev.recal.graphs.training;

import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint cannot be written or read; the message names the file. */
public class CheckpointException extends IOException {

  private static final long serialVersionUID = 1L;

  CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A sentence about a checkpoint, with its cause as the reason; its cause if that is one. */
  static CheckpointException of(Path checkpoint, String what, Exception cause) {
    if (cause instanceof CheckpointException said) {
      return said;
    }
    return new CheckpointException(
        "The checkpoint " + checkpoint + " " + what + ": " + reason(cause) + ".", cause);
  }

  private static String reason(Exception failure) {
    return failure instanceof IOException file
        ? FileFailures.reason(file)
        : TensorFlowFailures.reason(failure);
  }
}
