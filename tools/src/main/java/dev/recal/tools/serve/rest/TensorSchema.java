package dev.recal.tools.serve.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** JSON schemas of tensors. */
final class TensorSchema {

  /** The reference to the schema of bytes. */
  static final String BYTES = "#/components/schemas/Bytes";

  private TensorSchema() {}

  /** Returns the schema of a whole tensor, or of one of its rows. */
  static JsonObject of(TensorDescription tensor, boolean row) {
    Shape shape = tensor.shape();
    if (shape.isUnknown()) {
      return new JsonObject();
    }
    JsonObject schema = element(tensor);
    for (int axis = shape.numDimensions() - 1; axis >= (row ? 1 : 0); axis--) {
      JsonObject outer = typed("array");
      outer.add("items", schema);
      if (shape.get(axis) >= 0) {
        outer.addProperty("minItems", shape.get(axis));
        outer.addProperty("maxItems", shape.get(axis));
      }
      schema = outer;
    }
    return schema;
  }

  /**
   * Returns the schema of several tensors: an object by name; of one also without its name.
   *
   * @param bare whether one tensor has no name
   */
  static JsonObject ofAll(Map<String, TensorDescription> tensors, boolean row, boolean bare) {
    if (bare && tensors.size() == 1) {
      return of(tensors.values().iterator().next(), row);
    }
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    tensors.forEach(
        (name, tensor) -> {
          properties.add(name, of(tensor, row));
          required.add(name);
        });
    JsonObject schema = typed("object");
    schema.add("properties", properties);
    schema.add("required", required);
    return schema;
  }

  /** Returns a schema of a type. */
  static JsonObject typed(String type) {
    JsonObject schema = new JsonObject();
    schema.addProperty("type", type);
    return schema;
  }

  /** Returns a reference. */
  static JsonObject reference(String target) {
    JsonObject schema = new JsonObject();
    schema.addProperty("$ref", target);
    return schema;
  }

  private static JsonObject element(TensorDescription tensor) {
    ElementType type = ElementType.of(tensor.type()).orElse(null);
    if (type == null) {
      return new JsonObject();
    }
    return switch (type) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> typed("number");
      case INT32, INT64 -> typed("integer");
      case UINT8 -> {
        JsonObject schema = typed("integer");
        schema.addProperty("minimum", 0);
        schema.addProperty("maximum", 255);
        yield schema;
      }
      case BOOL -> typed("boolean");
      case STRING -> {
        JsonArray either = new JsonArray();
        either.add(typed("string"));
        either.add(reference(BYTES));
        JsonObject schema = new JsonObject();
        schema.add("anyOf", either);
        yield schema;
      }
    };
  }
}
