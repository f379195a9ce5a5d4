package dev.recal.tools.serve.model;

import java.util.Locale;

/** An error response. */
public final class ServingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ServingStatus status;
  private final String reason;

  /** An error with its status and its message for the client. */
  public ServingException(ServingStatus status, String message) {
    this(status, status.name().toLowerCase(Locale.ROOT), message);
  }

  /**
   * An error whose reason is counted separately.
   *
   * @param reason a word for metrics, for example {@code queue_full}
   */
  public ServingException(ServingStatus status, String reason, String message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  /** An invalid request. */
  public static ServingException invalid(String message) {
    return new ServingException(ServingStatus.INVALID_ARGUMENT, message);
  }

  /** Returns the status. */
  public ServingStatus status() {
    return status;
  }

  /** Returns the reason as a word of few others, never with text of a client. */
  public String reason() {
    return reason;
  }
}
