package dev.recal.savedmodels.check;

import java.io.IOException;

/** Thrown for a SavedModel that is rejected; the message states the file and the reason. */
public final class DamagedModelException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Takes a sentence that names the file. */
  public DamagedModelException(String message) {
    super(message);
  }

  DamagedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
