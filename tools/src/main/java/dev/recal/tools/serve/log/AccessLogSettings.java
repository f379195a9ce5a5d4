package dev.recal.tools.serve.log;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the access log goes.
 *
 * @param file to append to; empty for standard output
 * @param format of its lines
 */
public record AccessLogSettings(Optional<Path> file, Format format) {

  /** The formats of a line. */
  public enum Format {
    /** Words separated by blanks. */
    TEXT,
    /** A JSON object. */
    JSON
  }

  /** Rejects missing settings. */
  public AccessLogSettings {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(format, "format");
  }
}
