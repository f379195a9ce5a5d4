package dev.recal.ops.runtime;

/** TensorFlow's native library is missing or cannot be loaded; the message says what to add. */
public final class NativeLibraryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NativeLibraryException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
