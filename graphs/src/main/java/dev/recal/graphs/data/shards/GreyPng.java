package dev.recal.graphs.data.shards;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * PNG files of the forms that masks have: one grey sample a pixel, of one byte or one bit, not
 * interlaced. The JVM's own reader takes several times as long, and sets have a million masks.
 */
final class GreyPng {
  private static final byte[] MAGIC = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
  private static final int HEADER_BYTES = 13;
  private static final int CHUNK_OVERHEAD = 12;
  private static final int NONE = 0;
  private static final int SUB = 1;
  private static final int UP = 2;
  private static final int AVERAGE = 3;
  private static final int PAETH = 4;

  private GreyPng() {}

  /**
   * Encodes an image, each row as its difference to the one above.
   *
   * @param samples height×width
   */
  static byte[] encode(int height, int width, byte[] samples) {
    byte[] rows = new byte[Math.multiplyExact(height, width + 1)];
    for (int y = 0; y < height; y++) {
      int row = y * (width + 1);
      rows[row] = (byte) (y == 0 ? NONE : UP);
      for (int x = 0; x < width; x++) {
        int above = y == 0 ? 0 : samples[(y - 1) * width + x];
        rows[row + 1 + x] = (byte) (samples[y * width + x] - above);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(MAGIC);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putInt(width).putInt(height);
    chunk(file, "IHDR", header.put((byte) Byte.SIZE).array());
    chunk(file, "IDAT", deflated(rows));
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static byte[] deflated(byte[] rows) {
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(rows);
      deflater.finish();
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 13];
      while (!deflater.finished()) {
        data.write(buffer, 0, deflater.deflate(buffer));
      }
      return data.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
    byte[] chunk =
        ByteBuffer.allocate(data.length + CHUNK_OVERHEAD)
            .putInt(data.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .put(data)
            .array();
    CRC32 checksum = new CRC32();
    checksum.update(chunk, Integer.BYTES, data.length + Integer.BYTES);
    ByteBuffer.wrap(chunk).putInt(chunk.length - Integer.BYTES, (int) checksum.getValue());
    file.writeBytes(chunk);
  }

  /**
   * Decodes a file.
   *
   * @return height×width samples, those of one bit as 0 and 1; empty if the file has another form
   *     or size
   * @throws IOException if it is damaged
   */
  static Optional<byte[]> decode(byte[] file, int height, int width) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int first = MAGIC.length + 2 * Integer.BYTES;
    if (file.length < first + HEADER_BYTES
        || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return Optional.empty();
    }
    int depth = file[first + 8];
    boolean grey = file[first + 9] == 0 && file[first + 10] == 0 && file[first + 11] == 0;
    boolean interlaced = file[first + 12] != 0;
    if (!grey
        || interlaced
        || depth != Byte.SIZE && depth != 1
        || bytes.getInt(first) != width
        || bytes.getInt(first + Integer.BYTES) != height) {
      return Optional.empty();
    }
    int line = (int) (((long) width * depth + Byte.SIZE - 1) / Byte.SIZE);
    byte[] rows = inflated(file, Math.multiplyExact(height, line + 1));
    for (int y = 0; y < height; y++) {
      restore(rows, y * (line + 1), line, y == 0);
    }
    byte[] samples = new byte[Math.multiplyExact(height, width)];
    for (int y = 0; y < height; y++) {
      int row = y * (line + 1) + 1;
      if (depth == Byte.SIZE) {
        System.arraycopy(rows, row, samples, y * width, width);
      } else {
        for (int x = 0; x < width; x++) {
          int bit = Byte.SIZE - 1 - x % Byte.SIZE;
          samples[y * width + x] = (byte) (rows[row + x / Byte.SIZE] >> bit & 1);
        }
      }
    }
    return Optional.of(samples);
  }

  private static byte[] inflated(byte[] file, int size) throws IOException {
    byte[] rows = new byte[size];
    int done = 0;
    Inflater inflater = new Inflater();
    try {
      long place = MAGIC.length;
      while (done < size) {
        if (place + CHUNK_OVERHEAD > file.length) {
          throw new IOException("truncated");
        }
        ByteBuffer chunk = ByteBuffer.wrap(file, (int) place, file.length - (int) place);
        long length = Integer.toUnsignedLong(chunk.getInt());
        boolean pixels = chunk.getInt() == 0x49444154; // IDAT
        if (place + CHUNK_OVERHEAD + length > file.length) {
          throw new IOException("truncated");
        }
        if (pixels) {
          inflater.setInput(file, (int) place + 2 * Integer.BYTES, (int) length);
          int step;
          do {
            step = inflater.inflate(rows, done, size - done);
            done += step;
          } while (step > 0 && done < size);
        }
        place += CHUNK_OVERHEAD + length;
      }
      return rows;
    } catch (DataFormatException damaged) {
      throw new IOException("damaged", damaged);
    } finally {
      inflater.end();
    }
  }

  // Each byte is stored as the difference to a prediction from those before and above.
  private static void restore(byte[] rows, int row, int line, boolean top) throws IOException {
    int filter = rows[row];
    if (filter < NONE || filter > PAETH) {
      throw new IOException("unknown filter");
    }
    if (filter == NONE || filter == UP && top) {
      return;
    }
    int up = line + 1;
    if (filter == UP) {
      // The usual one, without branches.
      for (int place = row + 1; place <= row + line; place++) {
        rows[place] += rows[place - up];
      }
      return;
    }
    for (int place = row + 1; place <= row + line; place++) {
      int left = place == row + 1 ? 0 : rows[place - 1] & 0xFF;
      int above = top ? 0 : rows[place - up] & 0xFF;
      int corner = top || place == row + 1 ? 0 : rows[place - up - 1] & 0xFF;
      int predicted =
          switch (filter) {
            case SUB -> left;
            case AVERAGE -> (left + above) / 2;
            default -> nearest(left, above, corner);
          };
      rows[place] += (byte) predicted;
    }
  }

  // Paeth: of left, above and corner the one that is nearest to left + above − corner.
  private static int nearest(int left, int above, int corner) {
    int toLeft = Math.abs(above - corner);
    int toAbove = Math.abs(left - corner);
    int toCorner = Math.abs(left + above - 2 * corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return left;
    }
    return toAbove <= toCorner ? above : corner;
  }
}
