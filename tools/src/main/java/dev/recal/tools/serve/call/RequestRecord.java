package dev.recal.tools.serve.call;

import dev.recal.tools.serve.model.ServingStatus;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is known about one request, for the access log and the metrics. Filled by the threads that
 * handle it, one after another, and read at its end.
 */
public final class RequestRecord {

  /** The two protocols, in the words of TensorFlow Serving's metrics. */
  public enum Protocol {
    /** HTTP with JSON. */
    REST("REST"),
    /** gRPC. */
    GRPC("gRPC");

    private final String label;

    Protocol(String label) {
      this.label = label;
    }

    /** Returns its name in metrics. */
    public String label() {
      return label;
    }
  }

  private final Protocol protocol;
  private final String client;
  private final String method;
  private final String path;
  private final Instant time = Instant.now();
  private final long startNanos = System.nanoTime();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final RequestObserver observer;
  private volatile String api = "";
  private volatile String model = "";
  private volatile OptionalLong version = OptionalLong.empty();
  private volatile String signature = "";
  private volatile int rows;
  private volatile long received;
  private volatile long sent;
  private volatile int httpStatus;
  private volatile ServingStatus status = ServingStatus.OK;
  private volatile String code = ServingStatus.OK.code();
  private volatile String reason = "";
  private volatile long nanoseconds;

  /**
   * Begins a request.
   *
   * @param client its address
   * @param method of HTTP; {@code POST} for gRPC
   * @param path of HTTP, or service and method of gRPC
   */
  public RequestRecord(
      Protocol protocol, String client, String method, String path, RequestObserver observer) {
    this.protocol = protocol;
    this.client = client;
    this.method = method;
    this.path = path;
    this.observer = observer;
    observer.started(this);
  }

  /** Notes what kind of call of a model it is, for example {@code predict}. */
  public void api(String kind) {
    api = kind;
  }

  /** Notes the model, which is loaded. */
  void served(String name, long number) {
    model = name;
    version = OptionalLong.of(number);
  }

  /** Notes the signature, which the model has. */
  void called(String key, int count) {
    signature = key;
    rows = count;
  }

  /** Notes the size of the body that was received. */
  public void received(long bytes) {
    received = bytes;
  }

  /** Notes the size of the response. */
  public void sent(long bytes) {
    sent = bytes;
  }

  /** Notes the outcome. */
  public void outcome(ServingStatus value, String why) {
    status = value;
    code = value.code();
    reason = why;
    httpStatus = value.http();
  }

  /** Notes an outcome that only gRPC has, such as {@code CANCELLED}. */
  public void outcome(String grpcCode, String why) {
    code = grpcCode;
    reason = why;
    status = ServingStatus.INTERNAL;
  }

  /** Ends the request; further calls have no effect. */
  public void finish() {
    if (!finished.getAndSet(true)) {
      nanoseconds = System.nanoTime() - startNanos;
      observer.finished(this);
    }
  }

  /** Returns the protocol. */
  public Protocol protocol() {
    return protocol;
  }

  /** Returns the client's address. */
  public String client() {
    return client;
  }

  /** Returns HTTP's method. */
  public String method() {
    return method;
  }

  /** Returns the path, or gRPC's service and method. */
  public String path() {
    return path;
  }

  /** Returns when it began. */
  public Instant time() {
    return time;
  }

  /** Returns when it began, in nanoseconds of {@link System#nanoTime}. */
  public long startNanos() {
    return startNanos;
  }

  /** Returns how long it took, in nanoseconds; 0 before its end. */
  public long nanoseconds() {
    return nanoseconds;
  }

  /** Returns the kind of call; empty if no model was to be called. */
  public String api() {
    return api;
  }

  /** Returns the name of the model; empty if it called none that is served. */
  public String model() {
    return model;
  }

  /** Returns the version that answered. */
  public OptionalLong version() {
    return version;
  }

  /** Returns the signature; empty if none was reached. */
  public String signature() {
    return signature;
  }

  /** Returns the number of rows of the inputs. */
  public int rows() {
    return rows;
  }

  /** Returns the size of the request's body in bytes. */
  public long received() {
    return received;
  }

  /** Returns the size of the response's body in bytes. */
  public long sent() {
    return sent;
  }

  /** Returns the outcome. */
  public ServingStatus status() {
    return status;
  }

  /** Returns the status of HTTP, or the name of gRPC's. */
  public String shownStatus() {
    return protocol == Protocol.REST ? Integer.toString(httpStatus) : code;
  }

  /** Returns the name of gRPC's and TensorFlow's status code. */
  public String code() {
    return code;
  }

  /** Returns why it was rejected, as a word; empty if it was answered. */
  public String reason() {
    return reason;
  }
}
