package dev.recal.graphs.data.items;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Format and size of an image file, found without decoding a pixel.
 *
 * @param format by the first bytes, regardless of the file's name
 * @param height in pixels, of the upright image
 * @param width in pixels, of the upright image
 * @param orientation that EXIF data gives, 1–8; 1 if there is none
 */
public record ImageHeader(Format format, int height, int width, int orientation) {
  /** The formats that TensorFlow decodes. */
  public enum Format {
    JPEG,
    PNG,
    GIF,
    BMP
  }

  /** The header of an image that is stored upright. */
  public ImageHeader(Format format, int height, int width) {
    this(format, height, width, ExifOrientation.UPRIGHT);
  }

  /** The header of a file from the size of its stored pixels. */
  static ImageHeader ofStored(Format format, int height, int width, int orientation) {
    return Orientation.isTurned(orientation)
        ? new ImageHeader(format, width, height, orientation)
        : new ImageHeader(format, height, width, orientation);
  }

  /** Whether the stored pixels are upright. */
  public boolean isUpright() {
    return orientation == ExifOrientation.UPRIGHT;
  }

  /** The height of the stored pixels. */
  public int storedHeight() {
    return Orientation.isTurned(orientation) ? width : height;
  }

  /** The width of the stored pixels. */
  public int storedWidth() {
    return Orientation.isTurned(orientation) ? height : width;
  }

  /** Decoding more pixels than this would take gigabytes for one image. */
  public static final long MAX_PIXELS = 1L << 28;

  /** The marker of the JPEG segment that holds EXIF data. */
  private static final int APP1 = 0xE1;

  private static final int TAIL_BYTES = 64 << 10;
  private static final byte[] PNG_MAGIC = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
  private static final byte[] PNG_END = "IEND".getBytes(StandardCharsets.US_ASCII);
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp");

  /** Extensions of images too; the format is recognised by content. */
  private static final Set<String> FOREIGN_EXTENSIONS =
      Set.of("webp", "tif", "tiff", "heic", "heif", "hif", "avif", "jxl", "jp2", "psd");

  /** Why a file cannot be used, as the end of a sentence that begins with its name. */
  public static final class UnusableImageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnusableImageException(String reason) {
      super(reason);
    }
  }

  /** Whether a file's name is that of an image TensorFlow decodes. */
  public static boolean hasImageName(String name) {
    return EXTENSIONS.contains(extension(name));
  }

  /** Whether a file's name is that of an image that TensorFlow does not decode. */
  public static boolean hasForeignName(String name) {
    return FOREIGN_EXTENSIONS.contains(extension(name));
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the header and looks for the end marker.
   *
   * @throws UnusableImageException if the file is not an image, or truncated
   * @throws IOException if it cannot be read
   */
  public static ImageHeader read(ByteWindow file) throws IOException, UnusableImageException {
    if (file.size() == 0) {
      throw new UnusableImageException("is empty");
    }
    byte[] head = file.read(0, 32);
    ImageHeader header;
    if (startsWith(head, (byte) 0xFF, (byte) 0xD8, (byte) 0xFF)) {
      header = jpeg(file);
    } else if (startsWith(head, PNG_MAGIC)) {
      header = png(file, head);
    } else if (startsWith(head, (byte) 'G', (byte) 'I', (byte) 'F', (byte) '8')) {
      header = gif(file, head);
    } else if (startsWith(head, (byte) 'B', (byte) 'M')) {
      header = bmp(file, head);
    } else {
      Optional<ForeignFormat> foreign = ForeignFormat.of(head);
      throw foreign.isPresent()
          ? foreign(foreign.get())
          : new UnusableImageException("is not a JPEG, PNG, GIF or BMP image");
    }
    return requireSize(header);
  }

  /** The refusal of a format that TensorFlow does not decode. */
  static UnusableImageException foreign(ForeignFormat format) {
    return new UnusableImageException(
        "is "
            + format.description()
            + (format.isReadable()
                ? "; 'recal records' converts such files"
                : ", which cannot be decoded; convert it to JPEG or PNG"));
  }

  /** The orientation of a file that may be anything, upright if it has none. */
  static int orientationOf(byte[] file) {
    try {
      return read(ByteWindow.of(file)).orientation();
    } catch (IOException | UnusableImageException notAnImage) {
      return ExifOrientation.UPRIGHT;
    }
  }

  /** Rejects images without pixels, and images of gigabytes. */
  static ImageHeader requireSize(ImageHeader header) throws UnusableImageException {
    return requireSize(header, MAX_PIXELS);
  }

  /** Rejects images without pixels, and images above a maximum. */
  static ImageHeader requireSize(ImageHeader header, long maximum) throws UnusableImageException {
    long pixels = (long) header.height * header.width;
    if (header.height < 1 || header.width < 1) {
      throw new UnusableImageException("has no pixels");
    }
    if (pixels > maximum) {
      throw new UnusableImageException(
          "is too large (" + header.height + "×" + header.width + " pixels)");
    }
    return header;
  }

  private static ImageHeader jpeg(ByteWindow file) throws IOException, UnusableImageException {
    long position = 2;
    int orientation = ExifOrientation.UPRIGHT;
    while (true) {
      byte[] segment = file.read(position, 9);
      if (segment.length < 4) {
        throw truncated();
      }
      if ((segment[0] & 0xFF) != 0xFF) {
        throw new UnusableImageException("is a damaged JPEG file (missing marker)");
      }
      int marker = segment[1] & 0xFF;
      if (marker == 0xFF) {
        position++;
        continue;
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
        position += 2;
        continue;
      }
      if (marker == 0xD9 || marker == 0xDA) {
        throw new UnusableImageException("is a damaged JPEG file (image data before the size)");
      }
      if (isFrame(marker)) {
        if (segment.length < 9) {
          throw truncated();
        }
        requireJpegEnd(file);
        ByteBuffer size = ByteBuffer.wrap(segment, 5, 4);
        return ofStored(
            Format.JPEG,
            Short.toUnsignedInt(size.getShort()),
            Short.toUnsignedInt(size.getShort()),
            orientation);
      }
      int length = Short.toUnsignedInt(ByteBuffer.wrap(segment, 2, 2).getShort());
      if (marker == APP1 && orientation == ExifOrientation.UPRIGHT) {
        byte[] content = file.read(position + 4, Math.max(0, length - 2));
        if (ExifOrientation.isExif(content)) {
          orientation = ExifOrientation.ofSegment(content);
        }
      }
      position += 2 + length;
    }
  }

  /** Start-of-frame markers; C4, C8 and CC in this range are other markers. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static void requireJpegEnd(ByteWindow file) throws IOException, UnusableImageException {
    // Cameras append their own data after the end marker, so it is looked for from the end on.
    byte[] endMarker = {(byte) 0xFF, (byte) 0xD9};
    if (lastIndexOf(tail(file), endMarker) < 0) {
      throw truncated();
    }
  }

  private static ImageHeader png(ByteWindow file, byte[] head)
      throws IOException, UnusableImageException {
    if (head.length < 24 || lastIndexOf(tail(file), PNG_END) < 0) {
      throw truncated();
    }
    ByteBuffer size = ByteBuffer.wrap(head, 16, 8);
    int width = size.getInt();
    return ofStored(Format.PNG, size.getInt(), width, pngOrientation(file));
  }

  /** Looks for EXIF data among the chunks before the pixels. */
  private static int pngOrientation(ByteWindow file) throws IOException {
    long position = PNG_MAGIC.length;
    while (true) {
      byte[] head = file.read(position, 8);
      if (head.length < 8) {
        return ExifOrientation.UPRIGHT;
      }
      int length = ByteBuffer.wrap(head).getInt();
      String type = new String(head, 4, 4, StandardCharsets.US_ASCII);
      if (length < 0 || type.equals("IDAT")) {
        return ExifOrientation.UPRIGHT;
      }
      if (type.equals("eXIf")) {
        byte[] exif = file.read(position + 8, Math.min(length, TAIL_BYTES));
        return ExifOrientation.ofTiff(ByteWindow.of(exif));
      }
      position += 12L + length;
    }
  }

  private static ImageHeader gif(ByteWindow file, byte[] head)
      throws IOException, UnusableImageException {
    byte[] trailer = {0x3B};
    if (head.length < 13 || lastIndexOf(tail(file), trailer) < 0) {
      throw truncated();
    }
    ByteBuffer size = ByteBuffer.wrap(head, 6, 4).order(ByteOrder.LITTLE_ENDIAN);
    int width = Short.toUnsignedInt(size.getShort());
    return new ImageHeader(Format.GIF, Short.toUnsignedInt(size.getShort()), width);
  }

  private static ImageHeader bmp(ByteWindow file, byte[] head)
      throws IOException, UnusableImageException {
    if (head.length < 30) {
      throw truncated();
    }
    ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    int width = fields.getInt(18);
    // A negative height means that the rows are stored from top to bottom.
    int height = Math.abs(fields.getInt(22));
    long line = (Math.abs((long) width) * Short.toUnsignedInt(fields.getShort(28)) + 31) / 32 * 4;
    long needed = Integer.toUnsignedLong(fields.getInt(10)) + line * height;
    if (file.size() < needed) {
      throw truncated();
    }
    return new ImageHeader(Format.BMP, height, width);
  }

  private static UnusableImageException truncated() {
    return new UnusableImageException("is truncated");
  }

  private static byte[] tail(ByteWindow file) throws IOException {
    return file.read(Math.max(0, file.size() - TAIL_BYTES), TAIL_BYTES);
  }

  private static boolean startsWith(byte[] bytes, byte... magic) {
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }

  private static int lastIndexOf(byte[] bytes, byte[] pattern) {
    for (int i = bytes.length - pattern.length; i >= 0; i--) {
      if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i;
      }
    }
    return -1;
  }
}
