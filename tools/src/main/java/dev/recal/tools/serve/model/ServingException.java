package dev.recal.tools.serve.model;

/** An error response. */
public final class ServingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ServingStatus status;

  /** An error with its status and its message for the client. */
  public ServingException(ServingStatus status, String message) {
    super(message);
    this.status = status;
  }

  /** An invalid request. */
  public static ServingException invalid(String message) {
    return new ServingException(ServingStatus.INVALID_ARGUMENT, message);
  }

  /** Returns the status. */
  public ServingStatus status() {
    return status;
  }
}
