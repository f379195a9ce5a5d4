package dev.recal.tools.serve.model;

/** The status codes used by the server, with those of HTTP and gRPC. */
public enum ServingStatus {
  /** Success. */
  OK(200, "OK"),
  /** The request is invalid, regardless of the state of the server. */
  INVALID_ARGUMENT(400, "INVALID_ARGUMENT"),
  /** The request has no token, or a wrong one. */
  UNAUTHENTICATED(401, "UNAUTHENTICATED"),
  /** The request's origin or host is not allowed. */
  PERMISSION_DENIED(403, "PERMISSION_DENIED"),
  /** There is no such model, version or page. */
  NOT_FOUND(404, "NOT_FOUND"),
  /** A client took too long to send its request. */
  REQUEST_TIMEOUT(408, "DEADLINE_EXCEEDED"),
  /** The request or its response is too large. */
  TOO_LARGE(413, "RESOURCE_EXHAUSTED"),
  /** The encoding of the body is not supported. */
  UNSUPPORTED_ENCODING(415, "UNIMPLEMENTED"),
  /** An internal error. */
  INTERNAL(500, "INTERNAL"),
  /** The model has an element type that is not supported in JSON. */
  UNIMPLEMENTED(501, "UNIMPLEMENTED"),
  /** The server is overloaded or stopping. */
  UNAVAILABLE(503, "UNAVAILABLE"),
  /** The model did not respond in time. */
  DEADLINE_EXCEEDED(504, "DEADLINE_EXCEEDED");

  private final int http;
  private final String code;

  ServingStatus(int http, String code) {
    this.http = http;
    this.code = code;
  }

  /** Returns the status of the HTTP response. */
  public int http() {
    return http;
  }

  /** Returns the name of gRPC's and TensorFlow's status code. */
  public String code() {
    return code;
  }
}
