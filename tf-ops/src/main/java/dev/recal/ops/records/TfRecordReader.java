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
  // The header read at the expected position of a record's length; the search for the next one
  // starts from it.
  private byte[] lost;

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
   * <p>After a checksum that does not match, the next call returns the record behind the damage:
   * the following one if the length is intact, otherwise the first one whose length matches its
   * checksum.
   *
   * @throws DamagedRecordException if the file ends inside a record or a checksum does not match
   * @throws IOException if reading fails
   */
  public Optional<byte[]> next() throws IOException {
    byte[] header = header();
    if (header.length == 0) {
      return Optional.empty();
    }
    if (header.length < HEADER_BYTES) {
      throw truncated("its header", HEADER_BYTES, header.length);
    }
    ByteBuffer head = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long length = head.getLong();
    int computed = RecordChecksum.masked(header, 0, Long.BYTES);
    if (computed != head.getInt(Long.BYTES)) {
      lost = header;
      throw mismatch("length", computed, head.getInt(Long.BYTES));
    }
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
    int stored = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt();
    int found = RecordChecksum.masked(data, 0, data.length);
    DamagedRecordException damage = found == stored ? null : mismatch("data", found, stored);
    offset += HEADER_BYTES + length + Integer.BYTES;
    records++;
    if (damage != null) {
      throw damage;
    }
    return Optional.of(data);
  }

  private byte[] header() throws IOException {
    if (lost == null) {
      return in.readNBytes(HEADER_BYTES);
    }
    records++;
    byte[] window = lost;
    lost = null;
    while (true) {
      int next = in.read();
      if (next < 0) {
        offset += window.length;
        return new byte[0];
      }
      System.arraycopy(window, 1, window, 0, HEADER_BYTES - 1);
      window[HEADER_BYTES - 1] = (byte) next;
      offset++;
      ByteBuffer head = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
      long length = head.getLong();
      boolean plausible = length >= 0 && length <= MAX_RECORD_BYTES;
      if (plausible && RecordChecksum.masked(window, 0, Long.BYTES) == head.getInt()) {
        return window;
      }
    }
  }

  /** Returns the number of records read so far, damaged ones among them. */
  public long records() {
    return records;
  }

  /** Returns the uncompressed size of these records in bytes. */
  public long offset() {
    return offset;
  }

  private DamagedRecordException mismatch(String part, int computed, int stored) {
    return new DamagedRecordException(
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
