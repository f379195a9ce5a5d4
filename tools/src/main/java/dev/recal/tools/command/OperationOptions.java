package dev.recal.tools.command;

import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.serve.OperationSettings;
import dev.recal.tools.serve.log.AccessLogSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** What an operator of {@code recal serve} sets. */
final class OperationOptions {

  private static final double MAX_DRAIN = 3600;
  private static final String STANDARD_OUTPUT = "-";
  private static final String LEVEL = "org.slf4j.simpleLogger.log.dev.recal.tools.serve";

  /** The levels of the log. */
  enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description =
          "Also serve gRPC on this port, 8500 in TensorFlow Serving; 0 chooses a free one"
              + " (default: REST only).")
  private Integer grpcPort;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description =
          "After SIGTERM, keep answering requests for this time while /readyz reports that the"
              + " server is not ready (${DEFAULT-VALUE}).")
  private double drain = 0;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "Append a line for each request to a file; - writes to standard output.")
  private String accessLog;

  @Option(
      names = "--access-log-format",
      paramLabel = "FORMAT",
      description = "Format of these lines: text or json (text).")
  private AccessLogSettings.Format format;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "What the server logs to standard error: error, warn, info or debug (info).")
  private Level level = Level.INFO;

  /** Returns the settings, and sets the level of the log. */
  OperationSettings settings() {
    Bounds.requireWithin("--drain", drain, 0, MAX_DRAIN);
    if (grpcPort != null) {
      Bounds.requireWithin("--grpc-port", grpcPort, 0, 65_535);
    }
    // Read by the loggers of the server when they are created, which is later.
    System.setProperty(LEVEL, level.name().toLowerCase(Locale.ROOT));
    return new OperationSettings(
        grpcPort == null ? OptionalInt.empty() : OptionalInt.of(grpcPort),
        Duration.ofMillis(Math.round(drain * 1000)),
        log());
  }

  private Optional<AccessLogSettings> log() {
    if (accessLog == null) {
      if (format != null) {
        throw new UsageException("--access-log-format: expected --access-log too, but got none.");
      }
      return Optional.empty();
    }
    return Optional.of(
        new AccessLogSettings(
            accessLog.equals(STANDARD_OUTPUT) ? Optional.empty() : Optional.of(Path.of(accessLog)),
            format == null ? AccessLogSettings.Format.TEXT : format));
  }
}
