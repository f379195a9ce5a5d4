package dev.recal.models.features;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The SavedModel and output to compute features with.
 *
 * @param network the SavedModel
 * @param signature its key; where absent, the first that has the output, {@code serving_default}
 *     before others
 * @param output its name; may be absent where the signature has only one
 * @param imageSize height and width of its images, if the model does not specify them
 * @param pixelRange of its pixels
 */
public record FeatureOutput(
    Path network,
    Optional<String> signature,
    Optional<String> output,
    OptionalInt imageSize,
    PixelRange pixelRange) {

  /** Rejects missing settings. */
  public FeatureOutput {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(signature, "signature");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(imageSize, "imageSize");
    Objects.requireNonNull(pixelRange, "pixelRange");
    if (imageSize.isPresent() && imageSize.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "imageSize: expected at least 1, but got " + imageSize.getAsInt() + ".");
    }
  }
}
