package dev.recal.tools.serve;

import dev.recal.tools.serve.model.ModelTarget;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path of TensorFlow Serving's REST API.
 *
 * @param model the model's name
 * @param version if given @param label if given instead of a version
 * @param verb {@code classify}, {@code regress} or {@code predict}, {@code metadata}, or empty for
 *     the status
 */
record RestPath(String model, OptionalLong version, Optional<String> label, String verb) {

  static final String METADATA = "metadata";

  private static final Pattern PATH =
      Pattern.compile(
          "(?i)/v1/models/(?<model>[^/:]+)"
              + "(?:/(?:versions/(?<version>\\d+)|labels/(?<label>[^/:]+)))?"
              + "(?::(?<verb>classify|regress|predict)|/(?<metadata>metadata))?");

  /** Parses a decoded path; empty if it is not one. */
  static Optional<RestPath> parse(String path) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String version = matcher.group("version");
    // A number of more than 18 digits is not a version.
    OptionalLong number =
        version == null
            ? OptionalLong.empty()
            : OptionalLong.of(version.length() > 18 ? Long.MAX_VALUE : Long.parseLong(version));
    String verb = matcher.group(METADATA) != null ? METADATA : matcher.group("verb");
    return Optional.of(
        new RestPath(
            matcher.group("model"),
            number,
            Optional.ofNullable(matcher.group("label")),
            verb == null ? "" : verb.toLowerCase(Locale.ROOT)));
  }

  /** Returns the model that it names. */
  ModelTarget target() {
    return new ModelTarget(model, version, label);
  }

  /** Returns whether it is a call, which has a body, not a query about the model. */
  boolean isCall() {
    return !verb.isEmpty() && !verb.equals(METADATA);
  }
}
