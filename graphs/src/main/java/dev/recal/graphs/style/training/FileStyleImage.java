package dev.recal.graphs.style.training;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A style image in a file: JPEG, PNG, GIF (first frame), BMP, WebP or TIFF, turned upright;
 * transparency is dropped.
 *
 * @param path the file
 * @param size the longer side is resized to this many pixels; empty for the image's own size
 */
public record FileStyleImage(Path path, Optional<Integer> size) implements StyleImage {

  private static final int SMALLEST = 16;

  /** Rejects a missing path, and sizes below 16. */
  public FileStyleImage {
    Objects.requireNonNull(path, "path");
    size.ifPresent(pixels -> Arguments.atLeast(SMALLEST, "size", pixels));
  }

  @Override
  public StyleImage at(Path base) {
    return new FileStyleImage(base.resolve(path).toAbsolutePath().normalize(), size);
  }

  @Override
  public StylePixels read() throws IOException {
    DecodedImage stored = decoded();
    DecodedImage image = size.map(stored::withLongerSide).orElse(stored);
    if (Math.min(image.height(), image.width()) < SMALLEST) {
      throw new IllegalArgumentException(
          ("style: expected an image of at least " + SMALLEST + " pixels a side, but got ")
              + (image.width() + "×" + image.height() + " in " + path + "."));
    }
    return new StylePixels(
        path.getFileName().toString(), image.height(), image.width(), image.fractions());
  }

  private DecodedImage decoded() throws IOException {
    try {
      byte[] file = ServableImage.bounded(FileBytes.read(path), ImageHeader.MAX_PIXELS);
      return DecodedImage.of(file, 3)
          .orElseThrow(
              () -> new IOException("File " + path + " is not an image that can be decoded."));
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + path + " " + refused.getMessage() + ".", refused);
    }
  }
}
