package dev.recal.ops.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads from the headers of JPEG, PNG, GIF, BMP, WebP and TIFF files how many pixels decoding would
 * compute, without decoding any. A few kilobytes can claim gigabytes, so this is checked before a
 * file of a stranger reaches a decoder.
 *
 * <p>It is as lenient as the decoders: a damaged or truncated file counts with all that a decoder
 * would have allocated before it noticed.
 */
public final class ImageExtents {

  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
  private static final byte[] GIF = {'G', 'I', 'F', '8'};
  private static final byte[] BMP = {'B', 'M'};

  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  // A progressive file of a camera or an editor has about ten scans; each covers all pixels.
  private static final int TYPICAL_SCANS = 16;

  private static final int IHDR = 0x49484452;
  private static final int IDAT = 0x49444154;
  private static final int PNG_CHUNK_BYTES = 12;
  private static final int IHDR_BYTES = 13;

  private static final int GIF_HEADER_BYTES = 13;
  private static final int GIF_IMAGE_BYTES = 10;
  private static final int GIF_IMAGE = 0x2C;
  private static final int GIF_EXTENSION = 0x21;

  private static final int BMP_HEADER_BYTES = 30;

  private ImageExtents() {}

  /**
   * Returns the extent of an image file; empty if it is not an image, or is truncated before its
   * size.
   *
   * @param file all its bytes, from position to limit; neither is moved
   */
  public static Optional<ImageExtent> of(ByteBuffer file) {
    ByteBuffer bytes = file.slice();
    ImageExtent extent = null;
    if (startsWith(bytes, JPEG)) {
      extent = jpeg(bytes);
    } else if (startsWith(bytes, PNG)) {
      extent = png(bytes);
    } else if (startsWith(bytes, GIF)) {
      extent = gif(bytes.order(ByteOrder.LITTLE_ENDIAN));
    } else if (startsWith(bytes, BMP)) {
      extent = bmp(bytes.order(ByteOrder.LITTLE_ENDIAN));
    }
    return Optional.ofNullable(extent).or(() -> ForeignExtents.of(file.slice()));
  }

  // Decoders skip bytes between two markers, and so does this.
  private static ImageExtent jpeg(ByteBuffer file) {
    int height = 0;
    int width = 0;
    int scans = 0;
    int position = 0;
    while (position + 1 < file.limit()) {
      int marker = file.get(position + 1) & 0xFF;
      if (file.get(position) != (byte) 0xFF || marker == 0xFF) {
        position++;
        continue;
      }
      if (marker == END_OF_IMAGE) {
        break;
      }
      if (isAlone(marker)) {
        position += 2;
        continue;
      }
      if (position + 4 > file.limit()) {
        break;
      }
      if (isFrame(marker) && position + 9 <= file.limit()) {
        height = Math.max(height, Short.toUnsignedInt(file.getShort(position + 5)));
        width = Math.max(width, Short.toUnsignedInt(file.getShort(position + 7)));
      }
      scans += marker == START_OF_SCAN ? 1 : 0;
      position += 2 + Math.max(2, Short.toUnsignedInt(file.getShort(position + 2)));
    }
    long turns = Math.max(1, scans / TYPICAL_SCANS);
    return extent(height, width, 1, turns * height * width);
  }

  // Zeros after 0xFF are data; the others are markers without a length.
  private static boolean isAlone(int marker) {
    return marker <= 0x01 || marker >= 0xD0 && marker <= START_OF_IMAGE;
  }

  // C4, C8 and CC in this range are other markers.
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  // Unknown chunks may come before the header.
  private static ImageExtent png(ByteBuffer file) {
    long position = PNG.length;
    while (position + PNG_CHUNK_BYTES + IHDR_BYTES <= file.limit()) {
      int at = (int) position;
      int type = file.getInt(at + 4);
      if (type == IHDR) {
        long width = Integer.toUnsignedLong(file.getInt(at + 8));
        long height = Integer.toUnsignedLong(file.getInt(at + 12));
        boolean legal = width <= Integer.MAX_VALUE && height <= Integer.MAX_VALUE;
        return legal ? extent((int) height, (int) width, 1, width * height) : null;
      }
      if (type == IDAT) {
        return null;
      }
      position += PNG_CHUNK_BYTES + Integer.toUnsignedLong(file.getInt(at));
    }
    return null;
  }

  // Decoders read every frame, even if only the first is needed, into frames of equal size.
  private static ImageExtent gif(ByteBuffer file) {
    int frames = 0;
    int height = 0;
    int width = 0;
    int position = GIF_HEADER_BYTES;
    if (file.limit() < position) {
      return null;
    }
    position += paletteBytes(file.get(10));
    while (position < file.limit()) {
      int block = file.get(position) & 0xFF;
      if (block == GIF_EXTENSION) {
        position = afterBlocks(file, position + 2);
      } else if (block == GIF_IMAGE && position + GIF_IMAGE_BYTES <= file.limit()) {
        frames++;
        width = Math.max(width, Short.toUnsignedInt(file.getShort(position + 5)));
        height = Math.max(height, Short.toUnsignedInt(file.getShort(position + 7)));
        position += GIF_IMAGE_BYTES + paletteBytes(file.get(position + 9)) + 1;
        position = afterBlocks(file, position);
      } else {
        break;
      }
    }
    return extent(height, width, frames, (long) frames * height * width);
  }

  private static int paletteBytes(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private static int afterBlocks(ByteBuffer file, int from) {
    int position = from;
    while (position < file.limit() && file.get(position) != 0) {
      position += 1 + (file.get(position) & 0xFF);
    }
    return position + 1;
  }

  // A file that is shorter than its pixels is rejected before it is decoded; many texts begin with
  // these bytes.
  private static ImageExtent bmp(ByteBuffer file) {
    if (file.limit() < BMP_HEADER_BYTES) {
      return null;
    }
    long width = file.getInt(18);
    // A negative height means that the rows are stored from top to bottom.
    long height = Math.abs((long) file.getInt(22));
    long line = (width * Short.toUnsignedInt(file.getShort(28)) + 31) / 32 * 4;
    boolean whole = width > 0 && line > 0 && height <= file.limit() / line + 1;
    return whole ? extent((int) height, (int) width, 1, width * height) : null;
  }

  private static ImageExtent extent(int height, int width, int frames, long pixels) {
    return height > 0 && width > 0 ? new ImageExtent(height, width, frames, pixels) : null;
  }

  private static boolean startsWith(ByteBuffer file, byte[] magic) {
    if (file.limit() < magic.length) {
      return false;
    }
    byte[] first = new byte[magic.length];
    file.get(0, first);
    return Arrays.equals(first, magic);
  }
}
