package dev.recal.ops.records;

import dev.recal.ops.files.NamedOutput;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes the TFRecord format: for each record its length (8 bytes, little endian), the masked
 * CRC-32C of the length (4 bytes), the bytes, and their masked CRC-32C (4 bytes).
 *
 * <p>Not thread-safe. Source: <a
 * href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord and tf.train.Example</a>.
 */
public final class TfRecordWriter implements Closeable, Flushable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final ByteBuffer header =
      ByteBuffer.allocate(Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer footer =
      ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Writes to a stream, which {@link #close()} closes. Wrap it in a {@code GZIPOutputStream} for a
   * compressed file.
   */
  public TfRecordWriter(OutputStream out) {
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
  }

  /**
   * Creates a file.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists; nothing is overwritten
   * @throws IOException if it cannot be created
   */
  public static TfRecordWriter create(Path file) throws IOException {
    OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new TfRecordWriter(NamedOutput.of(file, out));
  }

  /** Writes one record; it may stay in a buffer until {@link #flush()} or {@link #close()}. */
  public void write(byte[] record) throws IOException {
    header.clear().putLong(record.length);
    header.putInt(RecordChecksum.masked(header.array(), 0, Long.BYTES));
    footer.clear().putInt(RecordChecksum.masked(record, 0, record.length));
    out.write(header.array());
    out.write(record);
    out.write(footer.array());
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
