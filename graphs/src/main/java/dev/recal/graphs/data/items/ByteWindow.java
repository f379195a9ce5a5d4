package dev.recal.graphs.data.items;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Random access to bytes: a file, or an array. */
public interface ByteWindow {
  long size();

  /** Reads up to length bytes from a position; fewer only at the end. */
  byte[] read(long position, int length) throws IOException;

  /** The first bytes of an array, up to a maximum. */
  static byte[] head(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, Math.min(bytes.length, length));
  }

  static ByteWindow of(byte[] bytes) {
    return new ByteWindow() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public byte[] read(long position, int length) {
        int from = (int) Math.min(position, bytes.length);
        int to = (int) Math.min(position + length, bytes.length);
        return Arrays.copyOfRange(bytes, from, to);
      }
    };
  }

  static ByteWindow of(FileChannel channel) throws IOException {
    long size = channel.size();
    return new ByteWindow() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public byte[] read(long position, int length) throws IOException {
        int requested = (int) Math.max(0, Math.min(length, size - position));
        ByteBuffer buffer = ByteBuffer.allocate(requested);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
          // Each read continues where the last one stopped.
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
      }
    };
  }
}
