package dev.recal.ops.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes values as {@link JsonRecords} describes. */
final class RecordWriter {

  private final JsonRecords mapper;

  RecordWriter(JsonRecords mapper) {
    this.mapper = mapper;
  }

  JsonElement write(Object value, Class<?> declared) {
    if (value instanceof Number number) {
      // The shortest text of a float, not of the double that it widens to.
      return new JsonPrimitive(
          number instanceof Float ? new BigDecimal(number.toString()) : number);
    }
    if (value instanceof Boolean flag) {
      return new JsonPrimitive(flag);
    }
    if (value instanceof Enum<?> constant) {
      return new JsonPrimitive(Names.ofConstant(constant));
    }
    if (value instanceof List<?> list) {
      JsonArray array = new JsonArray();
      list.forEach(item -> array.add(write(item, family(item))));
      return array;
    }
    if (value instanceof Record row) {
      return object(row, declared);
    }
    return new JsonPrimitive(value.toString());
  }

  // Items of a list carry their type if they belong to a family.
  private Class<?> family(Object item) {
    for (Class<?> parent : item.getClass().getInterfaces()) {
      if (mapper.types(parent).isPresent()) {
        return parent;
      }
    }
    return item.getClass();
  }

  private JsonObject object(Record row, Class<?> declared) {
    JsonObject object = new JsonObject();
    mapper.types(declared).ifPresent(types -> object.addProperty("type", word(types, row)));
    addMembers(object, row);
    return object;
  }

  private void addMembers(JsonObject object, Record row) {
    for (RecordComponent component : row.getClass().getRecordComponents()) {
      Object value = Components.value(row, component);
      Class<?> type = component.getType();
      if (Components.flattened(component)) {
        addMembers(object, (Record) value);
      } else if (value instanceof Optional<?> optional) {
        optional.ifPresent(
            inner -> object.add(component.getName(), write(inner, Components.argument(component))));
      } else {
        object.add(component.getName(), write(value, type));
      }
    }
  }

  private static String word(Map<String, Class<?>> types, Record row) {
    return types.entrySet().stream()
        .filter(entry -> entry.getValue() == row.getClass())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () ->
                new JsonException(
                    "",
                    row.getClass().getName() + " is not registered; known are " + types.keySet()));
  }
}
