package dev.recal.graphs.data.items;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The orientation in EXIF data (Exif 2.32, tag 274): how a camera was held. Values 1–8 define the
 * mirroring and rotation that makes the stored pixels upright; 1 is upright. Damaged EXIF data
 * counts as upright, as in Pillow and in browsers.
 */
final class ExifOrientation {
  /** The pixels are stored upright. */
  static final int UPRIGHT = 1;

  private static final int LAST = 8;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int TAG = 274;
  private static final int TYPE_SHORT = 3;
  private static final int HEAD_BYTES = 8;
  private static final int ENTRY_BYTES = 12;

  private ExifOrientation() {}

  /** Whether an APP1 segment of a JPEG file holds EXIF data. */
  static boolean isExif(byte[] segment) {
    return segment.length > EXIF.length && Arrays.equals(segment, 0, EXIF.length, EXIF, 0, 6);
  }

  /** Reads an APP1 segment, without its marker and length. */
  static int ofSegment(byte[] segment) throws IOException {
    return ofTiff(ByteWindow.of(Arrays.copyOfRange(segment, EXIF.length, segment.length)));
  }

  /** Reads a TIFF file, or the structure of one in which EXIF data is stored. */
  static int ofTiff(ByteWindow tiff) throws IOException {
    byte[] head = tiff.read(0, HEAD_BYTES);
    if (head.length < HEAD_BYTES) {
      return UPRIGHT;
    }
    ByteOrder order = head[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    long directory = Integer.toUnsignedLong(ByteBuffer.wrap(head).order(order).getInt(4));
    byte[] count = tiff.read(directory, Short.BYTES);
    if (count.length < Short.BYTES) {
      return UPRIGHT;
    }
    int entries = Short.toUnsignedInt(ByteBuffer.wrap(count).order(order).getShort());
    byte[] all = tiff.read(directory + Short.BYTES, entries * ENTRY_BYTES);
    for (int at = 0; at + ENTRY_BYTES <= all.length; at += ENTRY_BYTES) {
      ByteBuffer entry = ByteBuffer.wrap(all, at, ENTRY_BYTES).slice().order(order);
      if (Short.toUnsignedInt(entry.getShort(0)) == TAG) {
        int value = Short.toUnsignedInt(entry.getShort(8));
        boolean valid = entry.getShort(2) == TYPE_SHORT && value >= 1 && value <= LAST;
        return valid ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
