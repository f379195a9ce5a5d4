package dev.recal.models.style;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Gives images the styles of random style images. The choice depends on the seed and the image's
 * name only.
 *
 * @param model gives the styles; not closed
 * @param looks the files of the style images
 * @param settings of the copy
 */
record Stylist(ArbitraryStyleModel model, List<Path> looks, StylizedCopy settings) {

  /**
   * Returns the PNG file of an image in its style.
   *
   * @param name of the image, with slashes between folders
   * @param file of any format
   * @throws ImageHeader.UnusableImageException if the image or its style cannot be used
   * @throws IOException if the style image cannot be read
   */
  byte[] apply(String name, byte[] file) throws ImageHeader.UnusableImageException, IOException {
    StylizedImage content = model.read(file, settings.maxSide());
    Path look = look(name);
    StylizedImage style;
    try {
      style = model.read(FileBytes.read(look), Optional.of(settings.styleSide()));
    } catch (ImageHeader.UnusableImageException refused) {
      throw new ImageHeader.UnusableImageException(
          "has a style that cannot be used: " + look + " " + refused.getMessage());
    }
    try {
      return PngFiles.bytes(model.stylize(content, style, settings.strength()).picture());
    } catch (IllegalArgumentException refused) {
      throw new ImageHeader.UnusableImageException(
          "cannot be stylised (" + refused.getMessage() + ")");
    }
  }

  private Path look(String name) {
    CRC32 sum = new CRC32();
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    long random = SplitMix64.mix(settings.seed(), sum.getValue());
    return looks.get((int) Long.remainderUnsigned(random, looks.size()));
  }
}
