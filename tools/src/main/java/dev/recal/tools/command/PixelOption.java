package dev.recal.tools.command;

import dev.recal.savedmodels.PredictorSettings;
import dev.recal.tools.console.Bounds;
import picocli.CommandLine.Option;

/** The option for the size of images that a model decodes. */
final class PixelOption {

  private static final long MEGAPIXEL = 1_000_000;
  // More does not fit one array of bytes with three channels.
  private static final long MAX_MEGAPIXELS = 700;

  @Option(
      names = "--max-pixels",
      paramLabel = "MP",
      description =
          "Maximum size of an image in megapixels; larger ones are not decoded"
              + " (${DEFAULT-VALUE}).")
  private long pixels = PredictorSettings.PIXELS / MEGAPIXEL;

  /** Returns the maximum in pixels. */
  long pixels() {
    Bounds.requireWithin("--max-pixels", pixels, 1, MAX_MEGAPIXELS);
    return pixels * MEGAPIXEL;
  }
}
