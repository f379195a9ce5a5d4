package dev.recal.tools.command;

import dev.recal.graphs.synthesis.metrics.FeatureSource;
import dev.recal.graphs.synthesis.metrics.StandInFeatures;
import dev.recal.graphs.synthesis.oneshot.metrics.FeatureMapSource;
import dev.recal.graphs.synthesis.oneshot.metrics.StandInMaps;
import dev.recal.models.features.FeatureOutput;
import dev.recal.models.features.PixelRange;
import dev.recal.models.features.SavedModelFeatureMaps;
import dev.recal.models.features.SavedModelFeatures;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of the feature network. */
final class FeatureOptions {

  @Option(
      names = "--features",
      paramLabel = "MODEL",
      description =
          "SavedModel of a feature network, for example Inception-v3 (default: the embedded"
              + " stand-in, whose distances are not FID).")
  private Path network;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "Output with the features (default: its only output).")
  private String output;

  @Option(
      names = "--signature",
      paramLabel = "KEY",
      description = "Signature of the feature network (default: the first with that output).")
  private String signature;

  @Option(
      names = "--feature-size",
      paramLabel = "PIXELS",
      description = "Height and width of its images, if the model does not define them.")
  private Integer imageSize;

  @Option(
      names = "--feature-range",
      paramLabel = "RANGE",
      description = "Range of its pixels: 0..1 (default), -1..1 or 0..255.")
  private String pixelRange;

  /**
   * Opens the features.
   *
   * @throws IOException if the model cannot be read
   */
  FeatureSource open() throws IOException {
    Optional<FeatureOutput> chosen = chosen();
    return chosen.isEmpty() ? new StandInFeatures() : SavedModelFeatures.open(chosen.get());
  }

  /**
   * Opens the features of positions.
   *
   * @throws IOException if the model cannot be read
   */
  FeatureMapSource openMaps() throws IOException {
    Optional<FeatureOutput> chosen = chosen();
    return chosen.isEmpty() ? new StandInMaps() : SavedModelFeatureMaps.open(chosen.get());
  }

  private Optional<FeatureOutput> chosen() {
    if (network == null) {
      Stream.of(
              named("--output", output),
              named("--signature", signature),
              named("--feature-size", imageSize),
              named("--feature-range", pixelRange))
          .flatMap(Optional::stream)
          .findFirst()
          .ifPresent(
              option -> {
                throw new UsageException(option + ": requires --features.");
              });
      return Optional.empty();
    }
    return Optional.of(
        new FeatureOutput(
            network,
            Optional.ofNullable(signature),
            Optional.ofNullable(output),
            imageSize == null ? OptionalInt.empty() : OptionalInt.of(imageSize),
            pixelRange == null ? PixelRange.UNIT : PixelRange.of(pixelRange)));
  }

  private static Optional<String> named(String option, Object value) {
    return Optional.ofNullable(value).map(given -> option);
  }
}
