package dev.recal.tools.serve;

import dev.recal.tools.serve.log.AccessLogSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an operator sets, besides the models and their limits.
 *
 * @param grpcPort the port for gRPC, 0 for any free one; empty serves REST only
 * @param drain how long a stopping server still accepts requests while it reports that it is not
 *     ready
 * @param accessLog where requests are logged; empty for nowhere
 */
public record OperationSettings(
    OptionalInt grpcPort, Duration drain, Optional<AccessLogSettings> accessLog) {

  /** The port of TensorFlow Serving's gRPC services. */
  public static final int GRPC_PORT = 8500;

  /** Rejects invalid settings. */
  public OperationSettings {
    Objects.requireNonNull(accessLog, "accessLog");
    if (grpcPort.isPresent() && (grpcPort.getAsInt() < 0 || grpcPort.getAsInt() > 65535)) {
      throw new IllegalArgumentException(
          "grpc-port: expected a number from 0 to 65535, but got " + grpcPort.getAsInt() + ".");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain: expected at least zero, but got " + drain + ".");
    }
  }

  /** REST only, without an access log; stops as soon as running requests are answered. */
  public static OperationSettings defaults() {
    return new OperationSettings(OptionalInt.empty(), Duration.ZERO, Optional.empty());
  }

  /** Returns the same with gRPC on a port. */
  public OperationSettings withGrpcPort(int port) {
    return new OperationSettings(OptionalInt.of(port), drain, accessLog);
  }

  /** Returns the same with another time between the signal and the end. */
  public OperationSettings withDrain(Duration other) {
    return new OperationSettings(grpcPort, other, accessLog);
  }

  /** Returns the same with an access log. */
  public OperationSettings withAccessLog(AccessLogSettings other) {
    return new OperationSettings(grpcPort, drain, Optional.of(other));
  }
}
