package dev.recal.ops.checkpoint;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A sorted table of keys and values, the format of a checkpoint's index (TensorFlow's {@code
 * lib/io/table}, LevelDB's table format): blocks of entries whose keys share prefixes, each
 * followed by a type and a checksum; an index block; and a footer of 48 bytes that locates the
 * index block.
 */
final class TableFile {

  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER = 48;
  private static final int TRAILER = 5;
  private static final int CHECKSUM_MASK = 0xa282ead8;

  // At least every 16th key is stored in full, so all keys together are at most this many times the
  // file.
  private static final int SHARING = 16;

  private final ByteBuffer file;
  private long keyBytes;

  private TableFile(byte[] bytes) {
    this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A key and its value. */
  record Entry(byte[] key, byte[] value) {}

  private record Handle(long offset, long size) {}

  /**
   * Reads all entries in order.
   *
   * @throws IOException if the bytes are not a table; the message states the reason, without a full
   *     stop
   */
  static List<Entry> read(byte[] bytes) throws IOException {
    if (bytes.length < FOOTER) {
      throw new IOException("it has " + bytes.length + " bytes, too few for a table");
    }
    TableFile table = new TableFile(bytes);
    if (table.file.getLong(bytes.length - 8) != MAGIC) {
      throw new IOException("it does not end like a TensorFlow table");
    }
    try {
      ByteBuffer footer = table.slice(bytes.length - FOOTER, FOOTER);
      handle(footer);
      List<Entry> entries = new ArrayList<>();
      long read = 0;
      for (Entry block : table.block(handle(footer))) {
        Handle handle = handle(ByteBuffer.wrap(block.value()));
        entries.addAll(table.block(handle));
        read += handle.size();
        // Blocks do not overlap; an index that repeats a block could cost unbounded time.
        if (read > bytes.length) {
          throw new IOException("its blocks overlap");
        }
      }
      return entries;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("its blocks are damaged", e);
    }
  }

  private List<Entry> block(Handle handle) throws IOException {
    long end = file.capacity() - FOOTER;
    if (handle.offset() < 0
        || handle.size() < 4
        || handle.offset() > end
        || handle.size() > end - handle.offset() - TRAILER) {
      throw new IOException("a block lies outside the file");
    }
    int size = (int) handle.size();
    ByteBuffer checked = slice((int) handle.offset(), size + 1);
    CRC32C checksum = new CRC32C();
    checksum.update(checked.duplicate());
    if (file.get((int) handle.offset() + size) != 0) {
      throw new IOException("a block is compressed, which TensorFlow does not write");
    }
    if (masked((int) checksum.getValue()) != file.getInt((int) handle.offset() + size + 1)) {
      throw new IOException("the checksum of a block is wrong");
    }
    ByteBuffer content = slice((int) handle.offset(), size);
    long restarts = Integer.toUnsignedLong(content.getInt(size - 4));
    if (restarts > (size - 4) / 4) {
      throw new IOException("a block is damaged");
    }
    content.limit(size - 4 - 4 * (int) restarts);
    return entries(content);
  }

  private List<Entry> entries(ByteBuffer content) throws IOException {
    List<Entry> entries = new ArrayList<>();
    byte[] previous = new byte[0];
    while (content.hasRemaining()) {
      long shared = varint(content);
      long own = varint(content);
      long value = varint(content);
      if (shared > previous.length || own > content.remaining() || value > content.remaining()) {
        throw new IOException("an entry of a block is damaged");
      }
      keyBytes += shared + own;
      if (keyBytes > (long) SHARING * file.capacity()) {
        throw new IOException("its keys are longer than a table can hold");
      }
      byte[] key = Arrays.copyOf(previous, (int) (shared + own));
      content.get(key, (int) shared, (int) own);
      byte[] bytes = new byte[(int) value];
      content.get(bytes);
      entries.add(new Entry(key, bytes));
      previous = key;
    }
    return entries;
  }

  private ByteBuffer slice(int offset, int length) {
    return file.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Handle handle(ByteBuffer buffer) throws IOException {
    return new Handle(varint(buffer), varint(buffer));
  }

  private static long varint(ByteBuffer buffer) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte next = buffer.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("it contains a number out of range");
  }

  private static int masked(int checksum) {
    return Integer.rotateRight(checksum, 15) + CHECKSUM_MASK;
  }
}
