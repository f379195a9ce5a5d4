package dev.recal.savedmodels.check;

import java.io.IOException;

/** A SavedModel is refused; the message is one sentence with the file and the reason. */
public final class DamagedModelException extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedModelException(String message) {
    super(message);
  }
}
