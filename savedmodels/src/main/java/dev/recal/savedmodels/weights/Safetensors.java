package dev.recal.savedmodels.weights;

import com.google.gson.stream.JsonWriter;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.TemporaryPath;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads and writes safetensors files: eight bytes of header length (little-endian), a JSON header,
 * raw data (https://huggingface.co/docs/safetensors).
 *
 * <p>A file that breaks the format's rules is rejected with an {@link IOException}.
 */
public final class Safetensors {

  /** The maximum header size of the format, in bytes. */
  public static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private Safetensors() {}

  /** Reads the header of a file. */
  public static SafetensorsHeader header(Path file) throws IOException {
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      return open.header();
    }
  }

  /**
   * Reads all tensors of a file.
   *
   * @return by name, in the order of the header; see {@link SafetensorsFile#read}
   */
  public static Map<String, TensorValue> read(Path file) throws IOException {
    return read(file, name -> true);
  }

  /**
   * Reads all tensors of a file that must not contain NaN or infinities.
   *
   * @throws IOException also if one does; the message names it
   */
  public static Map<String, TensorValue> readFinite(Path file) throws IOException {
    Map<String, TensorValue> tensors = read(file);
    for (Map.Entry<String, TensorValue> entry : tensors.entrySet()) {
      Optional<String> notFinite = entry.getValue().notFinite();
      if (notFinite.isPresent()) {
        throw new IOException(
            "Tensor '"
                + entry.getKey()
                + "' of "
                + file
                + ": expected finite numbers, but got "
                + notFinite.get()
                + ".");
      }
    }
    return tensors;
  }

  /**
   * Reads selected tensors of a file.
   *
   * @param wanted selects names
   */
  public static Map<String, TensorValue> read(Path file, Predicate<String> wanted)
      throws IOException {
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      Map<String, TensorValue> tensors = new LinkedHashMap<>();
      for (String name : open.header().tensors().keySet()) {
        if (wanted.test(name)) {
          tensors.put(name, open.read(name));
        }
      }
      return tensors;
    }
  }

  /**
   * Writes a file atomically, replacing an existing one.
   *
   * @param tensors by name; strings cannot be written
   * @param metadata free text by key, may be empty
   */
  public static void write(
      Path file, Map<String, TensorValue> tensors, Map<String, String> metadata)
      throws IOException {
    List<Map.Entry<String, TensorValue>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.forEach(entry -> typeOf(entry.getKey(), entry.getValue()));
    // Wide elements first, so that every tensor is aligned.
    ordered.sort(
        Comparator.comparingInt((Map.Entry<String, TensorValue> e) -> -e.getValue().type().bytes())
            .thenComparing(Map.Entry::getKey));
    Path absolute = file.toAbsolutePath();
    try (TemporaryPath temporary = TemporaryPath.file(absolute)) {
      FileChannel channel = temporary.channel();
      writeFully(channel, headerBytes(ordered, metadata));
      for (Map.Entry<String, TensorValue> entry : ordered) {
        writeFully(channel, SafetensorsData.encode(entry.getValue()));
      }
      channel.force(true);
      move(temporary.path(), absolute);
    } catch (IOException failure) {
      throw FileFailures.writing(file, failure);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static ByteBuffer headerBytes(
      List<Map.Entry<String, TensorValue>> tensors, Map<String, String> metadata) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name("__metadata__").beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long position = 0;
      for (Map.Entry<String, TensorValue> entry : tensors) {
        TensorValue value = entry.getValue();
        json.name(entry.getKey()).beginObject();
        json.name("dtype").value(typeOf(entry.getKey(), value).name());
        json.name("shape").beginArray();
        for (long size : value.shape().asArray()) {
          json.value(size);
        }
        json.endArray();
        json.name("data_offsets").beginArray().value(position);
        position += (long) value.length() * value.type().bytes();
        json.value(position).endArray().endObject();
      }
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] header = text.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (header.length + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
    byte[] spaces = new byte[padded - header.length];
    Arrays.fill(spaces, (byte) ' ');
    ByteBuffer buffer = ByteBuffer.allocate(LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    return buffer.putLong(padded).put(header).put(spaces).flip();
  }

  private static SafetensorsType typeOf(String name, TensorValue value) {
    return switch (value.type()) {
      case FLOAT32 -> SafetensorsType.F32;
      case FLOAT64 -> SafetensorsType.F64;
      case FLOAT16 -> SafetensorsType.F16;
      case BFLOAT16 -> SafetensorsType.BF16;
      case INT32 -> SafetensorsType.I32;
      case INT64 -> SafetensorsType.I64;
      case UINT8 -> SafetensorsType.U8;
      case BOOL -> SafetensorsType.BOOL;
      case STRING ->
          throw new IllegalArgumentException(
              "tensors: expected numbers, the only type that safetensors stores, but '"
                  + name
                  + "' is "
                  + ElementType.STRING
                  + ".");
    };
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
