package dev.recal.tools.serve.model;

/** A request that is answered with an error. */
public final class ServingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ServingStatus status;

  /** An error with its status and what the client is told. */
  public ServingException(ServingStatus status, String message) {
    super(message);
    this.status = status;
  }

  /** A request that makes no sense. */
  public static ServingException invalid(String message) {
    return new ServingException(ServingStatus.INVALID_ARGUMENT, message);
  }

  /** Returns the status. */
  public ServingStatus status() {
    return status;
  }
}
