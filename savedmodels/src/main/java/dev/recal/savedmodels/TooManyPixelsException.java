package dev.recal.savedmodels;

/** Images that are too large to be decoded under the limit of {@link PredictorSettings#pixels}. */
public final class TooManyPixelsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String detail;

  TooManyPixelsException(String detail) {
    super("pixels: " + detail);
    this.detail = detail;
  }

  /** Returns the expected and the actual value, as the end of a sentence with its full stop. */
  public String detail() {
    return detail;
  }
}
