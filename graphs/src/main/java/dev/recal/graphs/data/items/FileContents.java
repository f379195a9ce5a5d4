package dev.recal.graphs.data.items;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32;

/**
 * Checksums of the contents of files, which tell a file from another one of its name and size.
 *
 * <p>Sets of up to 512 MiB are read as a whole, as they are to be decoded anyway. Of a larger set,
 * such as ImageNet, the first, the middle and the last 4 KiB of each file are read: compressed
 * images of different content differ from the first differing block to the end.
 */
public final class FileContents {

  private static final long WHOLE_BYTES = 512L << 20;
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long UNREADABLE = -1;

  private FileContents() {}

  /**
   * Returns a checksum of each file. A file that cannot be read, which is reported when its image
   * is read, has a value that no other file has.
   *
   * @param files in their order
   * @param sizes in bytes, as they were found
   */
  public static long[] checksums(List<Path> files, long[] sizes) {
    return checksums(files, sizes, WHOLE_BYTES);
  }

  static long[] checksums(List<Path> files, long[] sizes, long wholeBytes) {
    boolean whole = LongStream.of(sizes).sum() <= wholeBytes;
    // Opening a million files is dominated by waiting.
    return IntStream.range(0, files.size())
        .parallel()
        .mapToLong(index -> checksum(files.get(index), sizes[index], whole))
        .toArray();
  }

  private static long checksum(Path file, long size, boolean whole) {
    CRC32 checksum = new CRC32();
    try (FileChannel channel = FileChannel.open(file)) {
      if (whole || size <= 3L * BLOCK_BYTES) {
        add(checksum, channel, 0, size);
      } else {
        add(checksum, channel, 0, BLOCK_BYTES);
        add(checksum, channel, (size - BLOCK_BYTES) / 2, BLOCK_BYTES);
        add(checksum, channel, size - BLOCK_BYTES, BLOCK_BYTES);
      }
    } catch (IOException unreadable) {
      return UNREADABLE;
    }
    return checksum.getValue();
  }

  private static void add(CRC32 checksum, FileChannel channel, long from, long length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, BUFFER_BYTES));
    long end = from + length;
    for (long position = from; position < end; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
      int read = channel.read(buffer, position);
      if (read < 0) {
        return;
      }
      checksum.update(buffer.flip());
      position += read;
    }
  }
}
