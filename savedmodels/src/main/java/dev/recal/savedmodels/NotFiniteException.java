package dev.recal.savedmodels;

/** A model that answers an image with numbers that are not finite. */
public final class NotFiniteException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * A refused answer.
   *
   * @param message a sentence that names the image and the output
   */
  public NotFiniteException(String message) {
    super(message);
  }
}
