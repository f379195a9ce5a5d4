package dev.recal.savedmodels.weights;

import dev.recal.ops.files.FileKind;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;

/**
 * An open safetensors file, whose tensors are read one at a time from mapped memory.
 *
 * <p>Opening checks the header against the file's length, so that every tensor lies inside the file
 * and no more memory is allocated than the file has bytes.
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final int LENGTH_BYTES = 8;
  private static final long MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  // All data, if it fits into one buffer.
  private final Optional<MappedByteBuffer> data;

  private SafetensorsFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    try {
      this.header = readHeader();
      long bytes = channel.size() - header.dataOffset();
      this.data =
          bytes > MAX_ARRAY_BYTES ? Optional.empty() : Optional.of(map(header.dataOffset(), bytes));
    } catch (IOException e) {
      throw refused(file, e);
    }
  }

  /**
   * Opens a file.
   *
   * @throws IOException if there is none, or it breaks the format's rules
   */
  public static SafetensorsFile open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("There is no safetensors file " + file + ".");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new SafetensorsFile(file, channel);
    } catch (IOException | RuntimeException | Error failure) {
      channel.close();
      throw failure;
    }
  }

  private static IOException refused(Path file, IOException reason) {
    Optional<FileKind> other = FileKind.of(file).filter(kind -> kind != FileKind.SAFETENSORS);
    return new IOException(
        other
            .map(
                kind ->
                    String.format(
                        Locale.ROOT,
                        "File %s is %s, not a safetensors file: %s.",
                        file,
                        kind.description(),
                        kind.weightAdvice()))
            .orElseGet(
                () ->
                    String.format(
                        Locale.ROOT,
                        "File %s is not a valid safetensors file: %s.",
                        file,
                        reason.getMessage())),
        reason);
  }

  /** Returns the header. */
  public SafetensorsHeader header() {
    return header;
  }

  /**
   * Reads a tensor.
   *
   * @return F16 and BF16 become float32, I8, I16 and U16 int32, U32 and U64 int64
   * @throws IOException if the tensor is too large for an array, has an integer too large for its
   *     type, or the file was truncated
   * @throws IllegalArgumentException if there is no such tensor
   */
  public TensorValue read(String name) throws IOException {
    SafetensorsHeader.Entry entry = header.tensors().get(name);
    if (entry == null) {
      throw new IllegalArgumentException("name: " + file + " has no tensor '" + name + "'.");
    }
    long bytes = entry.end() - entry.begin();
    if (bytes > MAX_ARRAY_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "Tensor '%s' of %s has %d bytes, more than a Java array can hold.",
              name,
              file,
              bytes));
    }
    // The system reports access to mapped memory beyond the end of a truncated file only as an
    // error.
    if (channel.size() < header.dataOffset() + entry.end()) {
      throw new IOException("File " + file + " was truncated while it was read.");
    }
    try {
      ByteBuffer mapped =
          data.isPresent()
              ? data.get().slice((int) entry.begin(), (int) bytes)
              : map(header.dataOffset() + entry.begin(), bytes);
      return SafetensorsData.decode(
          entry.type(), entry.shape(), mapped.order(ByteOrder.LITTLE_ENDIAN));
    } catch (ArithmeticException e) {
      throw new IOException("Tensor '" + name + "' of " + file + ": " + e.getMessage() + ".", e);
    } catch (InternalError e) {
      throw new IOException("File " + file + " was truncated while it was read.", e);
    }
  }

  private MappedByteBuffer map(long offset, long bytes) throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, offset, bytes);
  }

  private SafetensorsHeader readHeader() throws IOException {
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new IOException("it has " + size + " bytes, too few for a header");
    }
    long length = readFully(0, LENGTH_BYTES).getLong();
    if (length < 0 || length > Safetensors.MAX_HEADER_BYTES || length > size - LENGTH_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "it declares a header of %s bytes, but has only %d bytes",
              Long.toUnsignedString(length),
              size));
    }
    long dataOffset = LENGTH_BYTES + length;
    return SafetensorsHeader.parse(
        readFully(LENGTH_BYTES, (int) length), dataOffset, size - dataOffset);
  }

  private ByteBuffer readFully(long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("it ends early");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
