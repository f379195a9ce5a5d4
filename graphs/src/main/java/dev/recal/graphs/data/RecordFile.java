package dev.recal.graphs.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads the records of a TFRecord file in turn: eight bytes of length, a masked checksum of these,
 * the data, and a masked checksum of the data, all little-endian.
 */
final class RecordFile implements AutoCloseable {
  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  private static final int MASK_DELTA = 0xA282EAD8;

  private final InputStream stream;
  private final long size;
  private long position;

  RecordFile(Path path) throws IOException {
    size = Files.size(path);
    stream = new BufferedInputStream(Files.newInputStream(path), 1 << 20);
  }

  /** Where the record that {@link #next} gave began, or the next one will. */
  long position() {
    return position;
  }

  /**
   * The data of the next record.
   *
   * @return null at the end of the file
   * @throws DamagedRecordException if the file ends or is damaged here, so that no record after it
   *     can be found
   * @throws IOException if the file cannot be read
   */
  byte[] next() throws IOException, DamagedRecordException {
    if (position == size) {
      return null;
    }
    ByteBuffer header = read(HEADER_BYTES);
    long length = header.getLong(0);
    if (masked(header.array(), Long.BYTES) != header.getInt(Long.BYTES)) {
      throw new DamagedRecordException(
          position == 0 ? "is not a TFRecord file, or a compressed one" : "has a damaged length");
    }
    if (length > size - position - HEADER_BYTES - Integer.BYTES) {
      throw new DamagedRecordException("is truncated");
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw new DamagedRecordException("is a record of " + length + " bytes, which is too large");
    }
    byte[] data = read((int) length).array();
    if (read(Integer.BYTES).getInt(0) != masked(data, data.length)) {
      throw new DamagedRecordException("has data that do not match their checksum");
    }
    position += HEADER_BYTES + length + Integer.BYTES;
    return data;
  }

  private ByteBuffer read(int length) throws IOException, DamagedRecordException {
    byte[] bytes = stream.readNBytes(length);
    if (bytes.length < length) {
      throw new DamagedRecordException("is truncated");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The checksum as it is stored: rotated and shifted, so that data may hold checksums. */
  static int masked(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** Why a record cannot be used, as the end of a sentence that begins with its name. */
  static final class DamagedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedRecordException(String reason) {
      super(reason);
    }
  }
}
