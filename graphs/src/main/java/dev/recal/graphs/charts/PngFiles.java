package dev.recal.graphs.charts;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.FileFailures;
import java.awt.AWTError;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Draws PNG files in headless mode. */
public final class PngFiles {
  private PngFiles() {}

  /**
   * Draws a picture and writes it; a reader sees the old picture or the new one.
   *
   * @param file its directory is created if absent
   * @param picture draws the picture; called once
   * @return the picture
   * @throws UncheckedIOException if this Java cannot draw or the file cannot be written
   */
  public static BufferedImage write(Path file, Supplier<BufferedImage> picture) {
    BufferedImage drawn = draw(file, picture);
    byte[] content = bytes(drawn);
    try {
      AtomicFiles.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT, "Cannot write the picture %s: %s.", file, FileFailures.reason(e)),
          e);
    }
    return drawn;
  }

  /**
   * Encodes a picture. In memory, since ImageIO's own files hide why a write failed, and need a
   * place for a cache.
   */
  public static byte[] bytes(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("This Java has no PNG writer.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a picture as PNG: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  private static BufferedImage draw(Path file, Supplier<BufferedImage> picture) {
    try {
      return picture.get();
    } catch (LinkageError | AWTError | InternalError e) {
      // Java fails with one of these on a system without fontconfig, freetype or fonts.
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "Cannot draw the picture %s: this Java runtime cannot draw text (%s); install fontconfig and a font.",
              file,
              e),
          new IOException(e));
    }
  }
}
