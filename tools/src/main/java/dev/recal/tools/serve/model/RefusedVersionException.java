package dev.recal.tools.serve.model;

import java.io.IOException;

/**
 * A version that was loaded completely but fails its checks; waiting for more files will not help.
 */
final class RefusedVersionException extends IOException {

  private static final long serialVersionUID = 1L;

  RefusedVersionException(String message) {
    super(message);
  }
}
