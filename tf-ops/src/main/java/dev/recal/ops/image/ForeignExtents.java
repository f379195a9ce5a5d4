package dev.recal.ops.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The extents of WebP and TIFF files, which TensorFlow does not decode but Recal converts. As in
 * {@link ImageExtents}, contradictory sizes count with the largest one.
 */
final class ForeignExtents {

  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;

  private static final int TIFF_HEADER_BYTES = 8;
  private static final int TIFF_ENTRY_BYTES = 12;
  private static final int TIFF_SHORT = 3;
  private static final int SAMPLES_OF_AN_IMAGE = 4;

  private ForeignExtents() {}

  /** Returns the extent of a WebP or TIFF file; empty if it is neither, or ends before its size. */
  static Optional<ImageExtent> of(ByteBuffer file) {
    if (text(file, 0).equals("RIFF") && text(file, 8).equals("WEBP")) {
      return webp(file.slice().order(ByteOrder.LITTLE_ENDIAN));
    }
    if (text(file, 0).equals("II*\0")) {
      return tiff(file.slice().order(ByteOrder.LITTLE_ENDIAN));
    }
    return text(file, 0).equals("MM\0*")
        ? tiff(file.slice().order(ByteOrder.BIG_ENDIAN))
        : Optional.empty();
  }

  private static Optional<ImageExtent> webp(ByteBuffer file) {
    int height = 0;
    int width = 0;
    long position = RIFF_HEADER_BYTES;
    while (position + CHUNK_HEADER_BYTES + 10 <= file.limit()) {
      int content = (int) position + CHUNK_HEADER_BYTES;
      switch (text(file, (int) position)) {
        case "VP8X" -> {
          width = Math.max(width, 1 + threeBytes(file, content + 4));
          height = Math.max(height, 1 + threeBytes(file, content + 7));
        }
        case "VP8 " -> {
          width = Math.max(width, file.getShort(content + 6) & 0x3FFF);
          height = Math.max(height, file.getShort(content + 8) & 0x3FFF);
        }
        case "VP8L" -> {
          int sizes = file.getInt(content + 1);
          width = Math.max(width, 1 + (sizes & 0x3FFF));
          height = Math.max(height, 1 + (sizes >> 14 & 0x3FFF));
        }
        default -> {
          // Frames of animations, colour profiles, EXIF data.
        }
      }
      long length = Integer.toUnsignedLong(file.getInt((int) position + 4));
      position += CHUNK_HEADER_BYTES + length + (length & 1);
    }
    return extent(height, width, 1);
  }

  private static int threeBytes(ByteBuffer file, int at) {
    return (file.get(at) & 0xFF) | (file.getShort(at + 1) & 0xFFFF) << 8;
  }

  // Only the first image is decoded. Tiles may be larger than the image that they cover.
  private static Optional<ImageExtent> tiff(ByteBuffer file) {
    if (file.limit() < TIFF_HEADER_BYTES) {
      return Optional.empty();
    }
    long directory = Integer.toUnsignedLong(file.getInt(4));
    if (directory + 2 > file.limit()) {
      return Optional.empty();
    }
    int count = Short.toUnsignedInt(file.getShort((int) directory));
    long height = 0;
    long width = 0;
    long samples = 1;
    long position = directory + 2;
    for (int i = 0; i < count && position + TIFF_ENTRY_BYTES <= file.limit(); i++) {
      int at = (int) position;
      long value =
          file.getShort(at + 2) == TIFF_SHORT
              ? Short.toUnsignedLong(file.getShort(at + 8))
              : Integer.toUnsignedLong(file.getInt(at + 8));
      switch (Short.toUnsignedInt(file.getShort(at))) {
        case 256, 322 -> width = Math.max(width, value);
        case 257, 323 -> height = Math.max(height, value);
        case 277 -> samples = Math.max(samples, value);
        default -> {
          // Neither a size nor a count.
        }
      }
      position += TIFF_ENTRY_BYTES;
    }
    return extent(height, width, (samples + SAMPLES_OF_AN_IMAGE - 1) / SAMPLES_OF_AN_IMAGE);
  }

  private static Optional<ImageExtent> extent(long height, long width, long images) {
    boolean legal =
        height > 0 && width > 0 && height <= Integer.MAX_VALUE && width <= Integer.MAX_VALUE;
    return legal
        ? Optional.of(new ImageExtent((int) height, (int) width, 1, pixels(height, width, images)))
        : Optional.empty();
  }

  private static long pixels(long height, long width, long images) {
    long pixels = height * width;
    return pixels > Long.MAX_VALUE / images ? Long.MAX_VALUE : pixels * images;
  }

  private static String text(ByteBuffer file, int at) {
    byte[] name = new byte[4];
    if (at + name.length > file.limit()) {
      return "";
    }
    file.get(at, name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }
}
