package dev.recal.tools.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of a changed image and where it was changed. */
final class OneShotMaskOptions {

  /** A larger disk covers the whole of a usual training image. */
  static final int MAX_RADIUS = 1000;

  static final int MAX_COLOURS = 256;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "FILE",
      description =
          "The changed training image; of another size with the same proportions, it is resized.")
  private Path reference;

  @Option(
      names = "--mask",
      required = true,
      paramLabel = "FILE",
      description = "An image of the same size, white where the reference was changed.")
  private Path mask;

  Path reference() {
    return reference;
  }

  Path mask() {
    return mask;
  }
}
