package dev.recal.tools.compatibility;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;

/** Tensors as the programs in {@code interop} exchange them; see {@code Exchange.java} there. */
final class TensorJson {

  private TensorJson() {}

  static JsonObject write(Map<String, TensorValue> tensors) {
    JsonObject json = new JsonObject();
    tensors.forEach((name, value) -> json.add(name, write(value)));
    return json;
  }

  static JsonObject write(TensorValue value) {
    JsonObject json = new JsonObject();
    json.addProperty("dtype", value.type().toString());
    JsonArray shape = new JsonArray();
    for (long size : value.shape().asArray()) {
      shape.add(size);
    }
    json.add("shape", shape);
    Base64.Encoder encoder = Base64.getEncoder();
    if (value.type() == ElementType.STRING) {
      JsonArray strings = new JsonArray();
      for (byte[] bytes : value.byteStrings()) {
        strings.add(encoder.encodeToString(bytes));
      }
      json.add("strings", strings);
    } else {
      json.addProperty("data", encoder.encodeToString(bytes(value)));
    }
    return json;
  }

  static Map<String, TensorValue> readAll(JsonObject json) {
    Map<String, TensorValue> tensors = new TreeMap<>();
    json.entrySet()
        .forEach(entry -> tensors.put(entry.getKey(), read(entry.getValue().getAsJsonObject())));
    return tensors;
  }

  static TensorValue read(JsonObject json) {
    ElementType type =
        ElementType.valueOf(json.get("dtype").getAsString().toUpperCase(Locale.ROOT));
    List<JsonElement> sizes = json.getAsJsonArray("shape").asList();
    Shape shape = Shape.of(sizes.stream().mapToLong(JsonElement::getAsLong).toArray());
    Base64.Decoder decoder = Base64.getDecoder();
    if (type == ElementType.STRING) {
      List<byte[]> strings = new ArrayList<>();
      json.getAsJsonArray("strings").forEach(s -> strings.add(decoder.decode(s.getAsString())));
      return new TensorValue(type, shape, strings.toArray(byte[][]::new));
    }
    byte[] raw = decoder.decode(json.get("data").getAsString());
    ByteBuffer buffer = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    Object data =
        switch (type) {
          case FLOAT32 -> {
            float[] array = new float[raw.length / Float.BYTES];
            buffer.asFloatBuffer().get(array);
            yield array;
          }
          case INT32 -> {
            int[] array = new int[raw.length / Integer.BYTES];
            buffer.asIntBuffer().get(array);
            yield array;
          }
          case INT64 -> {
            long[] array = new long[raw.length / Long.BYTES];
            buffer.asLongBuffer().get(array);
            yield array;
          }
          default ->
              throw new IllegalArgumentException("No model of the lab answers " + type + ".");
        };
    return new TensorValue(type, shape, data);
  }

  private static byte[] bytes(TensorValue value) {
    int size = value.length() * value.type().bytes();
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    switch (value.type()) {
      case FLOAT32 -> buffer.asFloatBuffer().put(value.floats());
      case INT32 -> buffer.asIntBuffer().put(value.ints());
      case INT64 -> buffer.asLongBuffer().put(value.longs());
      default ->
          throw new IllegalArgumentException("No model of the lab takes " + value.type() + ".");
    }
    return buffer.array();
  }
}
