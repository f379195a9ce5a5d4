package dev.recal.tools.synthesis;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The SavedModel and output to compute features with.
 *
 * @param model the SavedModel
 * @param signature its key; if absent, the first with the output, {@code serving_default} before
 *     others
 * @param output its name; may be absent if the signature has only one
 * @param size height and width of its images, if the model does not define them
 * @param range of its pixels
 */
public record FeatureOutput(
    Path model,
    Optional<String> signature,
    Optional<String> output,
    OptionalInt size,
    PixelRange range) {

  /** Rejects missing settings. */
  public FeatureOutput {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(signature, "signature");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(range, "range");
    if (size.isPresent() && size.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "size: expected at least 1, but got " + size.getAsInt() + ".");
    }
  }
}
