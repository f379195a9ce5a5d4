package dev.recal.savedmodels.weights;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * The table of contents of a safetensors file.
 *
 * @param tensors the tensors by name, in the order of the header
 * @param metadata free text by key
 * @param dataOffset the offset of the data in the file, in bytes
 */
public record SafetensorsHeader(
    Map<String, Entry> tensors, Map<String, String> metadata, long dataOffset) {

  private static final String METADATA = "__metadata__";
  private static final int MAX_DEPTH = 4;
  // TensorFlow's own limit.
  private static final int MAX_DIMENSIONS = 254;

  /** Copies the maps. */
  public SafetensorsHeader {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * One tensor of a file.
   *
   * @param type the type of its elements in the file
   * @param shape fully known
   * @param begin its first byte, from the beginning of the data
   * @param end the byte after its last
   */
  public record Entry(SafetensorsType type, Shape shape, long begin, long end) {}

  /**
   * Reads a header.
   *
   * @param json the header's bytes
   * @param dataOffset the offset of the data in the file
   * @param dataBytes the size of the data in bytes
   * @throws IOException if the header is invalid, or its offsets leave gaps, overlap or do not
   *     match the shapes or the file's length; the message has no full stop
   */
  static SafetensorsHeader parse(ByteBuffer json, long dataOffset, long dataBytes)
      throws IOException {
    if (!json.hasRemaining() || json.get(json.position()) != '{') {
      throw new IOException("its header does not begin with '{'");
    }
    Map<String, Entry> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonReader reader = new JsonReader(new StringReader(text(json)))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(MAX_DEPTH);
      readObject(reader, tensors, metadata);
    } catch (IllegalStateException | NumberFormatException | MalformedJsonException e) {
      throw new IOException("the header is not a JSON object", e);
    } catch (EOFException e) {
      throw new IOException("the header ends in the middle of its JSON object", e);
    }
    checkLayout(tensors, dataBytes);
    return new SafetensorsHeader(tensors, metadata, dataOffset);
  }

  private static String text(ByteBuffer json) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(json)
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException("its header is not UTF-8", e);
    }
  }

  private static void readObject(
      JsonReader reader, Map<String, Entry> tensors, Map<String, String> metadata)
      throws IOException {
    boolean metadataSeen = false;
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (name.equals(METADATA)) {
        if (metadataSeen) {
          throw new IOException("the header has '" + METADATA + "' twice");
        }
        metadataSeen = true;
        readMetadata(reader, metadata);
      } else if (tensors.put(name, readEntry(name, reader)) != null) {
        throw new IOException("the header names the tensor '" + name + "' twice");
      }
    }
    reader.endObject();
    if (reader.peek() != JsonToken.END_DOCUMENT) {
      throw new IOException("the header's JSON object is followed by other content");
    }
  }

  private static void readMetadata(JsonReader reader, Map<String, String> metadata)
      throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (reader.peek() != JsonToken.STRING) {
        throw new IOException("the metadata '" + key + "' is not a text");
      }
      if (metadata.put(key, reader.nextString()) != null) {
        throw new IOException("the header has the metadata '" + key + "' twice");
      }
    }
    reader.endObject();
  }

  private static Entry readEntry(String name, JsonReader reader) throws IOException {
    String type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    Set<String> seen = new HashSet<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (!seen.add(key)) {
        throw new IOException("tensor '" + name + "' has '" + key + "' twice in the header");
      }
      switch (key) {
        case "dtype" -> type = reader.nextString();
        case "shape" -> shape = readNumbers(name, reader, MAX_DIMENSIONS);
        case "data_offsets" -> offsets = readNumbers(name, reader, 2);
        default ->
            throw new IOException(
                "tensor '"
                    + name
                    + "' has '"
                    + key
                    + "' in the header, which the format does not define");
      }
    }
    reader.endObject();
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new IOException(
          "tensor '" + name + "' needs dtype, shape and two data_offsets in the header");
    }
    String typeName = type;
    SafetensorsType known =
        SafetensorsType.named(type)
            .orElseThrow(
                () ->
                    new IOException(
                        "tensor '"
                            + name
                            + "' has elements of "
                            + typeName
                            + "; supported are "
                            + List.of(SafetensorsType.values())));
    return entry(name, known, shape, offsets.get(0), offsets.get(1));
  }

  private static Entry entry(
      String name, SafetensorsType type, List<Long> shape, long begin, long end)
      throws IOException {
    long expected;
    try {
      expected = shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new IOException("tensor '" + name + "' has the invalid shape " + shape, e);
    }
    if (begin < 0 || end < begin || end - begin != expected) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "tensor '%s' of %s %s takes %d bytes, but its offsets are %d to %d",
              name,
              type,
              shape,
              expected,
              begin,
              end));
    }
    return new Entry(
        type, Shape.of(shape.stream().mapToLong(Long::longValue).toArray()), begin, end);
  }

  private static List<Long> readNumbers(String name, JsonReader reader, int maximum)
      throws IOException {
    List<Long> numbers = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      // Checked on the text, because the reader would accept 1e3, "1" and 1.0 as integers.
      String text = reader.peek() == JsonToken.NUMBER ? reader.nextString() : "";
      if (!text.matches("-?[0-9]{1,19}")) {
        throw new IOException("tensor '" + name + "' has a value that is not an integer");
      }
      long number = Long.parseLong(text);
      if (number < 0) {
        throw new IOException("tensor '" + name + "' has the negative number " + number);
      }
      if (numbers.size() == maximum) {
        throw new IOException(
            "tensor '" + name + "' has more than " + maximum + " numbers in a list");
      }
      numbers.add(number);
    }
    reader.endArray();
    return numbers;
  }

  // The format allows neither gaps nor overlaps nor unused bytes.
  private static void checkLayout(Map<String, Entry> tensors, long dataBytes) throws IOException {
    List<Map.Entry<String, Entry>> byOffset = new ArrayList<>(tensors.entrySet());
    byOffset.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long position = 0;
    for (Map.Entry<String, Entry> next : byOffset) {
      if (next.getValue().begin() != position) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "tensor '%s' begins at byte %d of the data; expected %d",
                next.getKey(),
                next.getValue().begin(),
                position));
      }
      position = next.getValue().end();
    }
    if (position != dataBytes) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "its header declares %d bytes of data, but the file has %d",
              position,
              dataBytes));
    }
  }
}
