package dev.recal.graphs.training;

import java.io.IOException;

/** A checkpoint cannot be written or read; the message names the file. */
public class CheckpointException extends IOException {

  private static final long serialVersionUID = 1L;

  CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
