package dev.recal.ops.records;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads TFRecord files, and verifies both checksums of each record.
 *
 * <p>Not thread-safe.
 */
public final class TfRecordReader implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  private static final long MAX_RECORD_BYTES = Integer.MAX_VALUE - 64L;

  private final InputStream in;
  private final String name;
  private long offset;
  private long records;

  /**
   * Reads a stream, which {@link #close()} closes. Wrap it in a {@code GZIPInputStream} for a
   * compressed file.
   *
   * @param name the name of the stream in error messages
   */
  public TfRecordReader(InputStream in, String name) {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
    this.name = name;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be opened
   */
  public static TfRecordReader open(Path file) throws IOException {
    return new TfRecordReader(Files.newInputStream(file), file.toString());
  }

  /**
   * Returns the next record, or empty at the end of the file.
   *
   * @throws DamagedRecordException if the file ends inside a record or a checksum does not match;
   *     the reader cannot continue after it
   * @throws IOException if reading fails
   */
  public Optional<byte[]> next() throws IOException {
    byte[] header = in.readNBytes(HEADER_BYTES);
    if (header.length == 0) {
      return Optional.empty();
    }
    if (header.length < HEADER_BYTES) {
      throw truncated("its header", HEADER_BYTES, header.length);
    }
    ByteBuffer head = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long length = head.getLong();
    check("length", RecordChecksum.masked(header, 0, Long.BYTES), head.getInt());
    if (length < 0 || length > MAX_RECORD_BYTES) {
      throw new DamagedRecordException(
          String.format(
              Locale.ROOT,
              "Record %d of %s at byte %d claims %d bytes; expected at most %d.",
              records,
              name,
              offset,
              length,
              MAX_RECORD_BYTES),
          offset,
          false);
    }
    byte[] data = in.readNBytes((int) length);
    if (data.length < length) {
      throw truncated("its data", length, data.length);
    }
    byte[] footer = in.readNBytes(Integer.BYTES);
    if (footer.length < Integer.BYTES) {
      throw truncated("its checksum", Integer.BYTES, footer.length);
    }
    check(
        "data",
        RecordChecksum.masked(data, 0, data.length),
        ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt());
    offset += HEADER_BYTES + length + Integer.BYTES;
    records++;
    return Optional.of(data);
  }

  /** Returns the number of records read so far. */
  public long records() {
    return records;
  }

  /** Returns the uncompressed size of these records in bytes. */
  public long offset() {
    return offset;
  }

  private void check(String part, int computed, int stored) throws DamagedRecordException {
    if (computed != stored) {
      throw new DamagedRecordException(
          String.format(
              Locale.ROOT,
              "Record %d of %s at byte %d is damaged: the checksum of its %s is %08x, stored is %08x.",
              records,
              name,
              offset,
              part,
              computed,
              stored),
          offset,
          false);
    }
  }

  private DamagedRecordException truncated(String part, long expected, long found) {
    return new DamagedRecordException(
        String.format(
            Locale.ROOT,
            "Record %d of %s at byte %d is truncated: %s needs %d bytes, but only %d are left in the file.",
            records,
            name,
            offset,
            part,
            expected,
            found),
        offset,
        true);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
