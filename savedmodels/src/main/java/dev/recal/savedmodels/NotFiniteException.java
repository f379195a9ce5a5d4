package dev.recal.savedmodels;

/** A model that answers an image with numbers that are not finite. */
public final class NotFiniteException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  NotFiniteException(String message) {
    super(message);
  }
}
