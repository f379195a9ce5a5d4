package dev.recal.ops.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads values as {@link JsonRecords} describes. */
final class RecordReader {

  private static final String TYPE = "type";
  private static final int LONGEST = 120;

  private final JsonRecords mapper;

  RecordReader(JsonRecords mapper) {
    this.mapper = mapper;
  }

  Object read(JsonElement json, Class<?> type, String place) {
    if (json == null || json.isJsonNull()) {
      throw new JsonException(place, "expected " + describe(type) + ", but got nothing.");
    }
    Optional<Map<String, Class<?>>> types = mapper.types(type);
    if (types.isPresent()) {
      return member(json, types.get(), place);
    }
    if (type.isEnum()) {
      return constant(text(json, type, place), List.of(type.getEnumConstants()), place);
    }
    if (type.isRecord()) {
      return record(object(json, type, place), type, place);
    }
    return simple(json, type, place);
  }

  private Object simple(JsonElement json, Class<?> type, String place) {
    if (type == boolean.class || type == Boolean.class) {
      if (json instanceof JsonPrimitive primitive && primitive.isBoolean()) {
        return primitive.getAsBoolean();
      }
      throw wrong(json, type, place);
    }
    if (type == String.class) {
      return text(json, type, place);
    }
    if (type == Path.class) {
      String path = text(json, type, place);
      try {
        return Path.of(path);
      } catch (InvalidPathException refused) {
        throw new JsonException(place, "expected a path, but this is not one: " + json + ".");
      }
    }
    return number(json, type, place);
  }

  private Object number(JsonElement json, Class<?> type, String place) {
    if (!(json instanceof JsonPrimitive primitive) || !primitive.isNumber()) {
      throw wrong(json, type, place);
    }
    try {
      BigDecimal value = primitive.getAsBigDecimal();
      if (type == int.class || type == Integer.class) {
        return value.intValueExact();
      }
      if (type == long.class || type == Long.class) {
        return value.longValueExact();
      }
      if (type == float.class || type == Float.class) {
        return finite(value.floatValue(), json, place);
      }
      if (type == double.class || type == Double.class) {
        return finite(value.doubleValue(), json, place);
      }
    } catch (ArithmeticException inexact) {
      throw wrong(json, type, place);
    }
    throw new IllegalStateException("JSON cannot represent " + type + " at " + place);
  }

  private static <N extends Number> N finite(N value, JsonElement json, String place) {
    if (Double.isInfinite(value.doubleValue())) {
      throw new JsonException(place, "expected a smaller number, but got " + json + ".");
    }
    return value;
  }

  // A value of a family: an object with its type, or the type's name alone.
  private Object member(JsonElement json, Map<String, Class<?>> types, String place) {
    boolean bare = json instanceof JsonPrimitive primitive && primitive.isString();
    JsonElement word = bare ? json : object(json, Object.class, place).get(TYPE);
    if (word == null) {
      throw new JsonException(
          place, "expected a member 'type', one of " + String.join(", ", types.keySet()) + ".");
    }
    String name = text(word, String.class, inside(place, TYPE));
    Optional<Object> constant = constantOf(types, name);
    if (bare && constant.isPresent()) {
      return constant.get();
    }
    Class<?> type = types.get(name);
    if (type == null) {
      throw new JsonException(
          place, "there is no '" + name + "'." + Names.hint(name, types.keySet()));
    }
    JsonObject members = bare ? new JsonObject() : json.getAsJsonObject().deepCopy();
    members.remove(TYPE);
    return record(members, type, place);
  }

  private static Optional<Object> constantOf(Map<String, Class<?>> types, String name) {
    return types.values().stream()
        .filter(Class::isEnum)
        .flatMap(type -> Arrays.stream(type.getEnumConstants()))
        .filter(constant -> Names.ofConstant((Enum<?>) constant).equals(name))
        .map(constant -> (Object) constant)
        .findFirst();
  }

  private static Object constant(String word, List<?> constants, String place) {
    List<String> known = constants.stream().map(c -> Names.ofConstant((Enum<?>) c)).toList();
    int index = known.indexOf(word);
    if (index < 0) {
      throw new JsonException(place, "there is no '" + word + "'." + Names.hint(word, known));
    }
    return constants.get(index);
  }

  private Object record(JsonObject object, Class<?> type, String place) {
    List<String> known = Components.members(type);
    for (String name : object.keySet()) {
      if (!known.contains(name)) {
        throw new JsonException(
            inside(place, name), "there is no such key." + Names.hint(name, known));
      }
    }
    return record(object, type, Components.defaults(type), place);
  }

  // The object may also have members that are not this record's: those of records around it.
  private Object record(JsonObject object, Class<?> type, Optional<Record> defaults, String place) {
    RecordComponent[] components = type.getRecordComponents();
    if (defaults.isEmpty()) {
      Optional<Constructor<?>> shorter = Components.constructor(type, object.keySet());
      if (shorter.isPresent()) {
        return shorter(object, components, shorter.get(), place);
      }
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      values[i] =
          Components.flattened(component)
              ? flattened(object, component, defaults, place)
              : single(object, component, defaults, place);
    }
    return create(Components.canonical(type), values, place);
  }

  private Object single(
      JsonObject object, RecordComponent component, Optional<Record> defaults, String place) {
    JsonElement json = object.get(component.getName());
    return json == null && defaults.isPresent()
        ? Components.value(defaults.get(), component)
        : component(json, component, inside(place, component.getName()));
  }

  private Object flattened(
      JsonObject object, RecordComponent component, Optional<Record> defaults, String place) {
    Optional<Record> inner =
        defaults.isPresent()
            ? defaults.map(outer -> (Record) Components.value(outer, component))
            : Components.defaults(component.getType());
    return record(object, component.getType(), inner, place);
  }

  // The given members are exactly the parameters of another constructor, which defines the others.
  private Object shorter(
      JsonObject object, RecordComponent[] components, Constructor<?> constructor, String place) {
    Object[] values =
        Arrays.stream(constructor.getParameters())
            .map(
                parameter ->
                    Arrays.stream(components)
                        .filter(component -> component.getName().equals(parameter.getName()))
                        .findFirst()
                        .orElseThrow())
            .map(
                component ->
                    component(
                        object.get(component.getName()),
                        component,
                        inside(place, component.getName())))
            .toArray();
    return create(constructor, values, place);
  }

  private static Object create(Constructor<?> constructor, Object[] values, String place) {
    try {
      return Components.create(constructor, values);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof ArithmeticException) {
        throw new JsonException(place, "a number is too large.");
      }
      throw new JsonException(place, String.valueOf(refused.getCause().getMessage()));
    }
  }

  private Object component(JsonElement json, RecordComponent component, String place) {
    Class<?> type = component.getType();
    if (type == Optional.class) {
      return json == null || json.isJsonNull()
          ? Optional.empty()
          : Optional.of(read(json, Components.argument(component), place));
    }
    if (type == List.class) {
      if (json == null || !json.isJsonArray()) {
        throw wrong(json, type, place);
      }
      List<Object> items = new ArrayList<>();
      for (JsonElement item : json.getAsJsonArray()) {
        items.add(
            read(
                item, Components.argument(component), inside(place, String.valueOf(items.size()))));
      }
      return List.copyOf(items);
    }
    return read(json, type, place);
  }

  private static JsonObject object(JsonElement json, Class<?> type, String place) {
    if (!json.isJsonObject()) {
      throw wrong(json, type, place);
    }
    return json.getAsJsonObject();
  }

  private static String text(JsonElement json, Class<?> type, String place) {
    if (json instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw wrong(json, type, place);
  }

  private static JsonException wrong(JsonElement json, Class<?> type, String place) {
    return new JsonException(
        place,
        "expected "
            + describe(type)
            + ", but got "
            + (json == null ? "nothing" : shortened(json.toString()))
            + ".");
  }

  // A value of the wrong type may be the rest of the file.
  private static String shortened(String json) {
    return json.length() <= LONGEST ? json : json.substring(0, LONGEST) + "…";
  }

  private static String describe(Class<?> type) {
    if (type == int.class || type == long.class) {
      return "a whole number";
    }
    if (type == float.class || type == double.class) {
      return "a number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == List.class) {
      return "a list";
    }
    return type == String.class || type == Path.class || type.isEnum() ? "a text" : "an object";
  }

  private static String inside(String place, String name) {
    return place.isEmpty() ? name : place + "." + name;
  }
}
