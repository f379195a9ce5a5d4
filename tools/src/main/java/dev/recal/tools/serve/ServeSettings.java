package dev.recal.tools.serve;

import dev.recal.tools.serve.model.BatchSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of a server.
 *
 * @param name the name of the model in requests; empty for the directory's name
 * @param host the address to listen on
 * @param port the port; 0 for any free one
 * @param batches the batching of requests
 * @param limits the limits for clients
 * @param poll the polling interval for versions
 * @param access who may use it
 * @param tls key and certificate; empty speaks plain HTTP
 * @param operation gRPC, the access log and the end
 */
public record ServeSettings(
    String name,
    String host,
    int port,
    BatchSettings batches,
    ServeLimits limits,
    Duration poll,
    AccessSettings access,
    Optional<TlsSettings> tls,
    OperationSettings operation) {

  /** The port of TensorFlow Serving's REST API. */
  public static final int PORT = 8501;

  /** Rejects invalid settings. */
  public ServeSettings {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(batches, "batches");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(poll, "poll");
    Objects.requireNonNull(access, "access");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(operation, "operation");
    if (!name.matches("[^/:]*")) {
      throw new IllegalArgumentException(
          "name: expected a name without '/' and ':', but got '" + name + "'.");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "port: expected a number from 0 to 65535, but got " + port + ".");
    }
  }

  /** Clients on this machine, over plain HTTP. */
  public ServeSettings(
      String name,
      String host,
      int port,
      BatchSettings batches,
      ServeLimits limits,
      Duration poll) {
    this(
        name,
        host,
        port,
        batches,
        limits,
        poll,
        AccessSettings.defaults(),
        Optional.empty(),
        OperationSettings.defaults());
  }

  /** Any free port of this machine, batches of 32, polling every second. */
  public static ServeSettings defaults() {
    return new ServeSettings(
        "",
        "localhost",
        0,
        new BatchSettings(32, Duration.ZERO, 1024, 1),
        ServeLimits.defaults(),
        Duration.ofSeconds(1));
  }

  /** Returns a copy with another name. */
  public ServeSettings withName(String other) {
    return new ServeSettings(other, host, port, batches, limits, poll, access, tls, operation);
  }

  /** Returns a copy with other batches. */
  public ServeSettings withBatches(BatchSettings other) {
    return new ServeSettings(name, host, port, other, limits, poll, access, tls, operation);
  }

  /** Returns a copy with other limits. */
  public ServeSettings withLimits(ServeLimits other) {
    return new ServeSettings(name, host, port, batches, other, poll, access, tls, operation);
  }

  /** Returns a copy with another polling interval. */
  public ServeSettings withPoll(Duration other) {
    return new ServeSettings(name, host, port, batches, limits, other, access, tls, operation);
  }

  /** Returns the same at another address. */
  public ServeSettings withHost(String other) {
    return new ServeSettings(name, other, port, batches, limits, poll, access, tls, operation);
  }

  /** Returns the same for other clients. */
  public ServeSettings withAccess(AccessSettings other) {
    return new ServeSettings(name, host, port, batches, limits, poll, other, tls, operation);
  }

  /** Returns the same over HTTPS. */
  public ServeSettings withTls(TlsSettings other) {
    return new ServeSettings(
        name, host, port, batches, limits, poll, access, Optional.of(other), operation);
  }

  /** Returns the same for another operator. */
  public ServeSettings withOperation(OperationSettings other) {
    return new ServeSettings(name, host, port, batches, limits, poll, access, tls, other);
  }

  /** Returns whether other machines can reach the server. */
  public boolean isOpen() {
    return new ListenAddress(host).isOpen();
  }
}
