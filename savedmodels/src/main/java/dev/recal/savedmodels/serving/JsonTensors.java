package dev.recal.savedmodels.serving;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.lang.reflect.Array;
import java.util.Base64;

/** Tensors in the JSON of TensorFlow Serving's REST interface: nested lists, bytes in base 64. */
final class JsonTensors {

  private JsonTensors() {}

  /** Returns a tensor as nested lists; a scalar as its element. */
  static JsonElement nested(TensorValue value) {
    return nested(value, 0, new int[1]);
  }

  /** Returns bytes as their JSON object. */
  static JsonObject bytes(byte[] bytes) {
    JsonObject json = new JsonObject();
    json.addProperty("b64", Base64.getEncoder().encodeToString(bytes));
    return json;
  }

  private static JsonElement nested(TensorValue value, int axis, int[] next) {
    if (axis == value.shape().numDimensions()) {
      return element(value, next[0]++);
    }
    JsonArray list = new JsonArray();
    for (long i = 0; i < value.shape().get(axis); i++) {
      list.add(nested(value, axis + 1, next));
    }
    return list;
  }

  private static JsonElement element(TensorValue value, int index) {
    Object element = Array.get(value.data(), index);
    if (value.type() == ElementType.STRING) {
      return bytes((byte[]) element);
    }
    if (value.type() == ElementType.UINT8) {
      return new JsonPrimitive(Byte.toUnsignedInt((byte) element));
    }
    return element instanceof Boolean truth
        ? new JsonPrimitive(truth)
        : new JsonPrimitive((Number) element);
  }
}
