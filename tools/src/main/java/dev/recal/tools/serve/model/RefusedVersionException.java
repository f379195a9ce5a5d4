package dev.recal.tools.serve.model;

import java.io.IOException;

/** A version that was loaded whole and does not do what it should; more files will not mend it. */
final class RefusedVersionException extends IOException {

  private static final long serialVersionUID = 1L;

  RefusedVersionException(String message) {
    super(message);
  }
}
