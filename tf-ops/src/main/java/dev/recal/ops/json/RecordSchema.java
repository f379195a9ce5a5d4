package dev.recal.ops.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * JSON schemas (draft 7) of what {@link JsonRecords} reads, by which editors complete and check
 * keys.
 *
 * <p>They describe types, keys, names and defaults. The ranges of numbers, and members that are
 * required, are in the constructors of the records only, so what a schema accepts may be refused.
 *
 * <p>Mutable: collects the definitions that its schemas refer to.
 */
public final class RecordSchema {

  private static final String TYPE = "type";
  private static final Map<Class<?>, String> SIMPLE =
      Map.of(
          boolean.class, "boolean",
          Boolean.class, "boolean",
          String.class, "string",
          Path.class, "string",
          int.class, "integer",
          Integer.class, "integer",
          long.class, "integer",
          Long.class, "integer");
  private static final Set<Class<?>> NUMBERS =
      Set.of(float.class, Float.class, double.class, Double.class);

  private final JsonRecords mapper;
  private final RecordWriter writer;
  private final Map<Class<?>, List<JsonElement>> further = new HashMap<>();
  private final Map<Class<?>, String> names = new LinkedHashMap<>();
  private final JsonObject definitions = new JsonObject();

  RecordSchema(JsonRecords mapper) {
    this.mapper = mapper;
    this.writer = new RecordWriter(mapper);
  }

  /**
   * Adds another form of a class, which the reader of the whole expands before it reads.
   *
   * @param type of which no schema has been returned yet
   * @param form its schema
   */
  public void add(Class<?> type, JsonElement form) {
    further.computeIfAbsent(type, key -> new ArrayList<>()).add(form);
  }

  /** Returns the schemas that the returned ones refer to, as {@code #/definitions/NAME}. */
  public JsonObject definitions() {
    return definitions;
  }

  /**
   * Returns the schema of a record's members, without a {@code type}.
   *
   * @param type the record class
   */
  public JsonObject members(Class<? extends Record> type) {
    JsonObject object = object();
    addMembers(object.getAsJsonObject("properties"), type, Components.defaults(type));
    return object;
  }

  /**
   * Returns the schema of values of a class: a record, an enum, a family or a simple type.
   *
   * @param type the class of a setting
   */
  public JsonObject value(Class<?> type) {
    if (SIMPLE.containsKey(type)) {
      return ofType(SIMPLE.get(type));
    }
    if (NUMBERS.contains(type)) {
      return ofType("number");
    }
    if (!names.containsKey(type)) {
      String name =
          names.containsValue(type.getSimpleName()) ? type.getName() : type.getSimpleName();
      names.put(type, name);
      // A setting may contain another one of its own class.
      definitions.add(name, new JsonObject());
      definitions.add(name, definition(type));
    }
    JsonObject reference = new JsonObject();
    reference.addProperty("$ref", "#/definitions/" + names.get(type));
    return reference;
  }

  private JsonObject definition(Class<?> type) {
    JsonObject own = plain(type);
    if (!further.containsKey(type)) {
      return own;
    }
    return anyOf(Stream.concat(Stream.of(own), further.get(type).stream()));
  }

  @SuppressWarnings("unchecked")
  private JsonObject plain(Class<?> type) {
    Optional<Map<String, Class<?>>> types = mapper.types(type);
    if (types.isPresent()) {
      return family(types.get());
    }
    if (type.isEnum()) {
      return words(constants(type));
    }
    if (type.isRecord()) {
      return members((Class<? extends Record>) type);
    }
    throw new IllegalStateException("JSON cannot represent " + type);
  }

  // A word alone is a type with its defaults, or a constant.
  private JsonObject family(Map<String, Class<?>> types) {
    Stream<String> words =
        types.entrySet().stream()
            .flatMap(
                entry ->
                    entry.getValue().isEnum()
                        ? constants(entry.getValue())
                        : Stream.of(entry.getKey()));
    Stream<JsonElement> objects =
        types.entrySet().stream()
            .filter(entry -> entry.getValue().isRecord())
            .map(entry -> member(entry.getKey(), entry.getValue()));
    return anyOf(Stream.concat(Stream.of(words(words)), objects));
  }

  private JsonObject member(String name, Class<?> type) {
    JsonObject object = object();
    JsonObject constant = new JsonObject();
    constant.addProperty("const", name);
    object.getAsJsonObject("properties").add(TYPE, constant);
    JsonArray required = new JsonArray();
    required.add(TYPE);
    object.add("required", required);
    addMembers(object.getAsJsonObject("properties"), type, Components.defaults(type));
    return object;
  }

  private void addMembers(JsonObject properties, Class<?> type, Optional<Record> defaults) {
    for (RecordComponent component : type.getRecordComponents()) {
      Optional<Object> usual = defaults.map(record -> Components.value(record, component));
      if (Components.flattened(component)) {
        Optional<Record> inner =
            usual.isPresent()
                ? usual.map(Record.class::cast)
                : Components.defaults(component.getType());
        addMembers(properties, component.getType(), inner);
      } else {
        JsonObject schema = component(component);
        usual
            .filter(value -> !(value instanceof Optional))
            .ifPresent(value -> schema.add("default", writer.write(value, component.getType())));
        properties.add(component.getName(), schema);
      }
    }
  }

  private JsonObject component(RecordComponent component) {
    if (component.getType() == Optional.class) {
      return anyOf(Stream.of(value(Components.argument(component)), ofType("null")));
    }
    if (component.getType() == List.class) {
      JsonObject list = ofType("array");
      list.add("items", value(Components.argument(component)));
      return list;
    }
    return value(component.getType());
  }

  private static Stream<String> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> Names.ofConstant((Enum<?>) constant));
  }

  private static JsonObject object() {
    JsonObject object = ofType("object");
    object.add("properties", new JsonObject());
    object.addProperty("additionalProperties", false);
    return object;
  }

  private static JsonObject ofType(String name) {
    JsonObject schema = new JsonObject();
    schema.addProperty(TYPE, name);
    return schema;
  }

  /** Returns the schema of one of several words. */
  public static JsonObject words(Stream<String> words) {
    JsonObject schema = new JsonObject();
    JsonArray list = new JsonArray();
    words.forEach(list::add);
    schema.add("enum", list);
    return schema;
  }

  private static JsonObject anyOf(Stream<JsonElement> schemas) {
    JsonObject schema = new JsonObject();
    JsonArray list = new JsonArray();
    schemas.forEach(list::add);
    schema.add("anyOf", list);
    return schema;
  }
}
