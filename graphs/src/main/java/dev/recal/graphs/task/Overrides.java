package dev.recal.graphs.task;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.json.JsonRecords;
import java.util.List;

/** Applies settings given as {@code key=value} with dotted keys to JSON. */
public final class Overrides {

  private static final String TYPE = "type";
  private static final int MAX_KEYS = 50;

  private Overrides() {}

  /**
   * Changes one setting.
   *
   * @param json with every setting; modified in place
   * @param override {@code key=value}; a value that is not JSON is a text
   * @throws IllegalArgumentException if it has no key
   */
  public static void apply(JsonObject json, String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("set: expected key=value, but got '" + override + "'.");
    }
    String[] path = override.substring(0, equals).split("\\.", -1);
    if (List.of(path).contains("")) {
      throw new IllegalArgumentException(
          "set: expected keys joined by single dots, but got '" + override + "'.");
    }
    if (path.length > MAX_KEYS) {
      throw new IllegalArgumentException(
          "set: expected at most "
              + MAX_KEYS
              + " keys joined by dots, but got "
              + path.length
              + ".");
    }
    JsonElement value = value(override.substring(equals + 1));
    JsonObject place = json;
    for (int i = 0; i < path.length - 1; i++) {
      JsonElement inner = place.get(path[i]);
      if (inner instanceof JsonPrimitive word && word.isString()) {
        inner = new JsonObject();
        inner.getAsJsonObject().add(TYPE, word);
      } else if (inner == null || !inner.isJsonObject()) {
        inner = new JsonObject();
      }
      place.add(path[i], inner);
      place = inner.getAsJsonObject();
    }
    String last = path[path.length - 1];
    if (last.equals(TYPE)) {
      // Another type has other settings.
      List.copyOf(place.keySet()).forEach(place::remove);
    }
    place.add(last, value);
  }

  private static JsonElement value(String text) {
    try {
      JsonElement json = JsonRecords.parse(text);
      return json == null ? JsonNull.INSTANCE : json;
    } catch (IllegalArgumentException word) {
      return new JsonPrimitive(text);
    }
  }
}
