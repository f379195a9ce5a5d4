package dev.recal.tools.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.Arguments;
import java.util.function.Predicate;

/** Typed members of a JSON object, with errors that name them. */
record KindSettings(JsonObject json) {

  double number(String name) {
    return member(name, JsonPrimitive::isNumber, "a number").getAsDouble();
  }

  int integer(String name) {
    double number = number(name);
    Arguments.require(number == Math.rint(number), name, "an integer", number);
    return Math.toIntExact((long) number);
  }

  boolean truth(String name) {
    return member(name, JsonPrimitive::isBoolean, "true or false").getAsBoolean();
  }

  float[] numbers(String name) {
    return numbers(name, json.get(name));
  }

  /** Returns the numbers of a list of lists of a width, one after the other. */
  float[] rows(String name, int width) {
    JsonArray rows = array(name, json.get(name));
    float[] values = new float[rows.size() * width];
    for (int i = 0; i < rows.size(); i++) {
      float[] row = numbers(name, rows.get(i));
      Arguments.require(row.length == width, name, width + " numbers in a row", row.length);
      System.arraycopy(row, 0, values, i * width, width);
    }
    return values;
  }

  int[] integers(String name) {
    float[] numbers = numbers(name);
    int[] values = new int[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) numbers[i];
      Arguments.require(values[i] == numbers[i], name, "integers", numbers[i]);
    }
    return values;
  }

  private static float[] numbers(String name, JsonElement list) {
    JsonArray array = array(name, list);
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      JsonElement value = array.get(i);
      Arguments.require(
          value instanceof JsonPrimitive number && number.isNumber(), name, "numbers", value);
      values[i] = value.getAsFloat();
    }
    return values;
  }

  private static JsonArray array(String name, JsonElement found) {
    Arguments.require(found != null && found.isJsonArray(), name, "a list", found);
    return found.getAsJsonArray();
  }

  private JsonPrimitive member(String name, Predicate<JsonPrimitive> fits, String expected) {
    JsonElement found = json.get(name);
    Arguments.require(
        found instanceof JsonPrimitive primitive && fits.test(primitive), name, expected, found);
    return found.getAsJsonPrimitive();
  }
}
