package dev.recal.tools.serve.model;

/** TensorFlow's status codes as far as the server gives them, with the HTTP status of each. */
public enum ServingStatus {
  /** All is well. */
  OK(200),
  /** The request makes no sense, whatever the state of the server. */
  INVALID_ARGUMENT(400),
  /** The request has no token, or a wrong one. */
  UNAUTHENTICATED(401),
  /** The request comes from a page or by a name that this server does not serve. */
  PERMISSION_DENIED(403),
  /** There is no such model, version or page. */
  NOT_FOUND(404),
  /** A client took too long to send its request. */
  REQUEST_TIMEOUT(408),
  /** A request or its answer would be too large. */
  TOO_LARGE(413),
  /** The body is encoded in a way that the server does not read. */
  UNSUPPORTED_ENCODING(415),
  /** Something that must not happen. */
  INTERNAL(500),
  /** The model has an element type that JSON has no form for here. */
  UNIMPLEMENTED(501),
  /** There is too much to do, or the server is stopping. */
  UNAVAILABLE(503),
  /** The model did not answer in time. */
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
