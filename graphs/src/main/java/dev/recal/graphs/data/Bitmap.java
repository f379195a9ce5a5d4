package dev.recal.graphs.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes BMP files: the simplest form without loss that TensorFlow decodes. */
final class Bitmap {
  private static final int FILE_HEADER = 14;
  private static final int IMAGE_HEADER = 40;
  private static final int HEADERS = FILE_HEADER + IMAGE_HEADER;

  private Bitmap() {}

  /**
   * Encodes an image of 24 bits a pixel.
   *
   * @param rgb height×width×3
   */
  static byte[] encode(int height, int width, byte[] rgb) {
    int line = (3 * width + 3) / 4 * 4;
    int size = Math.addExact(HEADERS, Math.multiplyExact(line, height));
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(size).putInt(0).putInt(HEADERS);
    file.putInt(IMAGE_HEADER).putInt(width).putInt(height);
    file.putShort((short) 1).putShort((short) 24);
    // Lines run from bottom to top, pixels are blue, green, red.
    for (int y = 0; y < height; y++) {
      file.position(HEADERS + (height - 1 - y) * line);
      for (int x = 0; x < width; x++) {
        int pixel = 3 * (y * width + x);
        file.put(rgb[pixel + 2]).put(rgb[pixel + 1]).put(rgb[pixel]);
      }
    }
    return file.array();
  }
}
