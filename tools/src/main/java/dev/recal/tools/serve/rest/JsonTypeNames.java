package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonToken;
import dev.recal.savedmodels.tensor.ElementType;

/** TensorFlow Serving's words for the kinds of JSON values and the types of elements. */
final class JsonTypeNames {

  private static final int MAX_LENGTH = 60;

  private JsonTypeNames() {}

  static String kind(JsonToken token) {
    return switch (token) {
      case VALUE_NULL -> "Null";
      case VALUE_FALSE -> "False";
      case VALUE_TRUE -> "True";
      case VALUE_STRING -> "String";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "Number";
      case START_ARRAY, END_ARRAY -> "Array";
      default -> "Object";
    };
  }

  static String type(ElementType type) {
    return switch (type) {
      case FLOAT32 -> "float";
      case FLOAT16 -> "half";
      case BFLOAT16 -> "bfloat16";
      case FLOAT64 -> "double";
      case INT32 -> "int32";
      case INT64 -> "int64";
      case UINT8 -> "uint8";
      case BOOL -> "bool";
      case STRING -> "string";
    };
  }

  /** Returns a text shortened for an error message. */
  static String shortened(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }
}
