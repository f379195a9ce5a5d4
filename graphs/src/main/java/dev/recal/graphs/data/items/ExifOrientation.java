package dev.recal.graphs.data.items;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The orientation in EXIF data (Exif 2.32, tag 274): how a camera was held. Values 1–8 say which
 * mirroring and turning makes the stored pixels upright; 1 is upright. Damaged EXIF data counts as
 * upright, as in Pillow and in browsers.
 */
final class ExifOrientation {
  /** The pixels are stored upright. */
  static final int UPRIGHT = 1;

  private static final int LAST = 8;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int TAG = 274;
  private static final int TYPE_SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private ExifOrientation() {}

  /** Whether an APP1 segment of a JPEG file holds EXIF data. */
  static boolean isExif(byte[] segment) {
    return segment.length > EXIF.length && Arrays.equals(segment, 0, EXIF.length, EXIF, 0, 6);
  }

  /** Reads an APP1 segment, without its marker and length. */
  static int ofSegment(byte[] segment) {
    return ofTiff(Arrays.copyOfRange(segment, EXIF.length, segment.length));
  }

  /** Reads the TIFF structure in which EXIF data is stored. */
  static int ofTiff(byte[] tiff) {
    try {
      ByteBuffer data = ByteBuffer.wrap(tiff);
      data.order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int directory = data.getInt(4);
      int entries = Short.toUnsignedInt(data.getShort(directory));
      for (int entry = 0; entry < entries; entry++) {
        int at = directory + 2 + entry * ENTRY_BYTES;
        if (Short.toUnsignedInt(data.getShort(at)) == TAG) {
          int value = Short.toUnsignedInt(data.getShort(at + 8));
          boolean valid = data.getShort(at + 2) == TYPE_SHORT && value >= 1 && value <= LAST;
          return valid ? value : UPRIGHT;
        }
      }
      return UPRIGHT;
    } catch (IndexOutOfBoundsException | BufferUnderflowException damaged) {
      return UPRIGHT;
    }
  }
}
