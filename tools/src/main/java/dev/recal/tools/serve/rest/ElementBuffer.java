package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.tools.serve.model.ServingException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A growing array of one element type, filled from JSON without an object for each number. */
final class ElementBuffer {

  private static final int FIRST = 16;
  // The integers that a float, or a double, holds without loss.
  private static final long FLOAT_INTEGERS = (1L << 24) - 1;
  private static final long DOUBLE_INTEGERS = (1L << 53) - 1;

  private final ElementType type;
  private Object array;
  private int capacity;
  private int size;

  ElementBuffer(ElementType type) {
    this.type = type;
    capacity = FIRST;
    array = Array.newInstance(type.array().getComponentType(), capacity);
  }

  /** Adds the current value of the parser. */
  void add(JsonParser parser) throws IOException {
    if (size == capacity) {
      grow();
    }
    switch (type) {
      case FLOAT32, FLOAT16, BFLOAT16 -> ((float[]) array)[size] = floating(parser);
      case FLOAT64 -> ((double[]) array)[size] = doubling(parser);
      case INT32 ->
          ((int[]) array)[size] = (int) integer(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 -> ((long[]) array)[size] = integer(parser, Long.MIN_VALUE, Long.MAX_VALUE);
      case UINT8 -> ((byte[]) array)[size] = (byte) integer(parser, 0, 255);
      case BOOL -> ((boolean[]) array)[size] = bool(parser);
      case STRING -> ((byte[][]) array)[size] = string(parser);
    }
    size++;
  }

  /** Adds the bytes of a base64 object; the parser is at its first name. */
  void addBase64(JsonParser parser) throws IOException {
    if (type != ElementType.STRING) {
      throw ServingException.invalid(
          "JSON Value: an object is not of expected type: " + JsonTypeNames.type(type));
    }
    if (size == capacity) {
      grow();
    }
    ((byte[][]) array)[size++] = base64(parser);
  }

  /** Returns the elements; the buffer is not used afterwards. */
  Object toArray() {
    if (size == capacity) {
      return array;
    }
    Object exact = Array.newInstance(type.array().getComponentType(), size);
    System.arraycopy(array, 0, exact, 0, size);
    return exact;
  }

  /** Reads {@code {"b64": "…"}} from its first name to its end. */
  static byte[] base64(JsonParser parser) throws IOException {
    boolean named =
        parser.currentToken() == JsonToken.FIELD_NAME && parser.currentName().equals("b64");
    if (!named || parser.nextToken() != JsonToken.VALUE_STRING) {
      throw ServingException.invalid(
          "JSON Value: an object is not formatted correctly for base64 data, that is"
              + " {\"b64\": \"…\"}");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(parser.getText());
    } catch (IllegalArgumentException e) {
      throw ServingException.invalid("Unable to base64 decode");
    }
    if (parser.nextToken() != JsonToken.END_OBJECT) {
      throw ServingException.invalid(
          "JSON Value: expected an object with 'b64' only, but got '"
              + JsonTypeNames.shortened(parser.getText())
              + "'");
    }
    return bytes;
  }

  private void grow() {
    capacity = Math.multiplyExact(capacity, 2);
    Object larger = Array.newInstance(type.array().getComponentType(), capacity);
    System.arraycopy(array, 0, larger, 0, size);
    array = larger;
  }

  private float floating(JsonParser parser) throws IOException {
    requireNumber(parser);
    requireExact(parser, FLOAT_INTEGERS);
    float value = parser.getFloatValue();
    if (Float.isInfinite(value) && !parser.isNaN()) {
      throw lossy(parser);
    }
    return value;
  }

  private double doubling(JsonParser parser) throws IOException {
    requireNumber(parser);
    requireExact(parser, DOUBLE_INTEGERS);
    double value = parser.getDoubleValue();
    if (Double.isInfinite(value) && !parser.isNaN()) {
      throw lossy(parser);
    }
    return value;
  }

  private void requireNumber(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw wrongType(parser);
    }
  }

  private void requireExact(JsonParser parser, long most) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != NumberType.BIG_INTEGER) {
      long value = parser.getLongValue();
      if (value > most || value < -most) {
        throw lossy(parser);
      }
    }
  }

  private long integer(JsonParser parser, long least, long most) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == NumberType.BIG_INTEGER) {
      throw wrongType(parser);
    }
    long value = parser.getLongValue();
    if (value < least || value > most) {
      throw wrongType(parser);
    }
    return value;
  }

  private boolean bool(JsonParser parser) throws IOException {
    if (!parser.currentToken().isBoolean()) {
      throw wrongType(parser);
    }
    return parser.getBooleanValue();
  }

  private byte[] string(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      parser.nextToken();
      return base64(parser);
    }
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(parser);
    }
    return parser.getText().getBytes(StandardCharsets.UTF_8);
  }

  private ServingException wrongType(JsonParser parser) throws IOException {
    return ServingException.invalid(
        "JSON Value: "
            + JsonTypeNames.shortened(parser.getText())
            + " Type: "
            + JsonTypeNames.kind(parser.currentToken())
            + " is not of expected type: "
            + JsonTypeNames.type(type));
  }

  private ServingException lossy(JsonParser parser) throws IOException {
    return ServingException.invalid(
        "Cannot convert JSON value: "
            + JsonTypeNames.shortened(parser.getText())
            + " to "
            + JsonTypeNames.type(type)
            + " without loss of precision.");
  }
}
