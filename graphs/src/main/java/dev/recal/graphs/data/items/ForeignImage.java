package dev.recal.graphs.data.items;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads WebP and TIFF files, which TensorFlow does not decode, by the JVM's image readers (those of
 * TwelveMonkeys), and turns them upright. The first image of a file is used; 16 bits become 8, and
 * transparency is dropped.
 */
public final class ForeignImage {
  private ForeignImage() {}

  /**
   * Reads the size of a file.
   *
   * @return the header of the PNG file that {@link ServableImage} makes of it; empty if it has
   *     another format than WebP and TIFF
   * @throws ImageHeader.UnusableImageException if it is damaged or too large
   * @throws IOException if it cannot be read
   */
  public static Optional<ImageHeader> header(Path file, ByteWindow window)
      throws IOException, ImageHeader.UnusableImageException {
    byte[] head = window.read(0, ForeignFormat.HEAD_BYTES);
    Optional<ForeignFormat> format = ForeignFormat.of(head).filter(ForeignFormat::isReadable);
    if (format.isEmpty()) {
      return Optional.empty();
    }
    try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
      if (stream == null) {
        throw new IOException(file + " cannot be opened.");
      }
      ImageReader reader = reader(stream, format.get());
      try {
        int orientation = orientation(format.get(), window);
        return Optional.of(size(reader, orientation));
      } catch (IOException | RuntimeException damaged) {
        throw damaged(format.get());
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageHeader size(ImageReader reader, int orientation)
      throws IOException, ImageHeader.UnusableImageException {
    ImageHeader stored =
        ImageHeader.ofStored(
            ImageHeader.Format.PNG, reader.getHeight(0), reader.getWidth(0), orientation);
    ImageHeader.requireSize(stored);
    return new ImageHeader(ImageHeader.Format.PNG, stored.height(), stored.width());
  }

  /**
   * Converts a file.
   *
   * @param file a WebP or TIFF file
   * @param pixels the maximum
   * @return the upright image as a PNG file of 8 bits a channel
   * @throws ImageHeader.UnusableImageException if the file is damaged, too large, or of another
   *     format
   */
  static byte[] toPng(byte[] file, ForeignFormat format, long pixels)
      throws ImageHeader.UnusableImageException {
    try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      ImageReader reader = reader(stream, format);
      try {
        int orientation = orientation(format, ByteWindow.of(file));
        ImageHeader.requireSize(size(reader, orientation), pixels);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(upright(reader.read(0), orientation), "png", png);
        return png.toByteArray();
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException damaged) {
      // Readers throw arbitrary runtime exceptions on damaged data.
      throw damaged(format);
    }
  }

  private static ImageHeader.UnusableImageException damaged(ForeignFormat format) {
    return new ImageHeader.UnusableImageException(
        "is " + format.description() + " that cannot be decoded");
  }

  private static ImageReader reader(ImageInputStream stream, ForeignFormat format)
      throws ImageHeader.UnusableImageException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.title());
    if (!readers.hasNext()) {
      throw new ImageHeader.UnusableImageException(
          "is " + format.description() + ", for which this Java runtime has no reader");
    }
    ImageReader reader = readers.next();
    reader.setInput(stream, true, true);
    return reader;
  }

  private static int orientation(ForeignFormat format, ByteWindow file) throws IOException {
    return switch (format) {
      case TIFF -> ExifOrientation.ofTiff(file);
      case WEBP -> webpOrientation(file);
      default -> ExifOrientation.UPRIGHT;
    };
  }

  /** WebP stores EXIF data in a separate chunk, usually after the pixels. */
  private static int webpOrientation(ByteWindow file) throws IOException {
    long position = 12;
    while (true) {
      byte[] head = file.read(position, 8);
      if (head.length < 8) {
        return ExifOrientation.UPRIGHT;
      }
      long length =
          Integer.toUnsignedLong(ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
      if (new String(head, 0, 4, StandardCharsets.ISO_8859_1).equals("EXIF")) {
        byte[] exif = file.read(position + 8, (int) Math.min(length, 1 << 16));
        return ExifOrientation.isExif(exif)
            ? ExifOrientation.ofSegment(exif)
            : ExifOrientation.ofTiff(ByteWindow.of(exif));
      }
      position += 8 + length + (length & 1);
    }
  }

  private static BufferedImage upright(BufferedImage image, int orientation) {
    int height = image.getHeight();
    int width = image.getWidth();
    boolean turned = Orientation.isTurned(orientation);
    BufferedImage upright =
        new BufferedImage(
            turned ? height : width, turned ? width : height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      readRow(image, y, row);
      int line = Orientation.reversesRows(orientation) ? height - 1 - y : y;
      for (int x = 0; x < width; x++) {
        int column = Orientation.reversesColumns(orientation) ? width - 1 - x : x;
        upright.setRGB(turned ? line : column, turned ? column : line, row[x]);
      }
    }
    return upright;
  }

  // Java takes grey samples for linear light and would brighten them.
  private static void readRow(BufferedImage image, int y, int[] rgb) {
    boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    int bits = image.getColorModel().getComponentSize(0);
    if (!grey || bits < 8 || bits > 16) {
      image.getRGB(0, y, rgb.length, 1, rgb, 0, rgb.length);
      return;
    }
    Raster raster = image.getRaster();
    for (int x = 0; x < rgb.length; x++) {
      rgb[x] = 0x010101 * (raster.getSample(x, y, 0) >> (bits - 8) & 0xFF);
    }
  }
}
