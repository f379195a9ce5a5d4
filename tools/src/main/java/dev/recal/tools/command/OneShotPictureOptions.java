package dev.recal.tools.command;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImageFile;
import dev.recal.tools.console.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that read images and write one picture. */
final class OneShotPictureOptions {

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "PNG file for the result (default: named like the command).")
  private Path out;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Mixin private PixelOption pixels = new PixelOption();

  /** Returns the seed. */
  long seed() {
    return seed;
  }

  /**
   * Rejects an output that cannot be written, before anything is computed.
   *
   * @param usual the default file
   * @return the output
   */
  Path checked(String usual) {
    Path file = out == null ? Path.of(usual) : out;
    Outputs.requireWritable(file, force);
    return file;
  }

  /** Reads an image. */
  OneShotImage read(Path file) throws IOException {
    return OneShotImageFile.read(file, pixels.pixels());
  }

  /** Writes the result. */
  static void write(PrintWriter console, OneShotImage image, Path file) {
    PngFiles.write(file, image::picture);
    console.printf(Locale.ROOT, "Image of %d×%d: ", image.width(), image.height());
    console.println(file);
    console.flush();
  }
}
