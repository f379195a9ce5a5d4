package dev.recal.tools.serve.model;

/** The TensorFlow status codes used by the server, with their HTTP status. */
public enum ServingStatus {
  /** Success. */
  OK(200),
  /** The request is invalid, regardless of the state of the server. */
  INVALID_ARGUMENT(400),
  /** The request has no token, or a wrong one. */
  UNAUTHENTICATED(401),
  /** The request's origin or host is not allowed. */
  PERMISSION_DENIED(403),
  /** There is no such model, version or page. */
  NOT_FOUND(404),
  /** A client took too long to send its request. */
  REQUEST_TIMEOUT(408),
  /** The request or its response is too large. */
  TOO_LARGE(413),
  /** The encoding of the body is not supported. */
  UNSUPPORTED_ENCODING(415),
  /** An internal error. */
  INTERNAL(500),
  /** The model has an element type that is not supported in JSON. */
  UNIMPLEMENTED(501),
  /** The server is overloaded or stopping. */
  UNAVAILABLE(503),
  /** The model did not respond in time. */
  DEADLINE_EXCEEDED(504);

  private final int http;

  ServingStatus(int http) {
    this.http = http;
  }

  /** Returns the status of the HTTP response. */
  public int http() {
    return http;
  }
}
