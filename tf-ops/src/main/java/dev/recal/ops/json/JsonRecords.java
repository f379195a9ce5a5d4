package dev.recal.ops.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Converts records to JSON and back.
 *
 * <ul>
 *   <li>A record is an object with one member for each component. If the record has a static method
 *       {@code defaults()}, members may be left out; if it has another constructor, the members
 *       that this constructor does not take may be left out.
 *   <li>A value of a sealed interface, or of an open family given to {@link #with}, is an object
 *       with the member {@code type}; a bare string is that type with its defaults.
 *   <li>A component marked {@link Flattened} has no separate object: its members are members of the
 *       outer record.
 *   <li>Enum constants are words in kebab case; an empty {@code Optional} is left out.
 *   <li>An unknown member is rejected, with the nearest known name.
 * </ul>
 *
 * <p>Immutable.
 */
public final class JsonRecords {

  private final Map<Class<?>, Map<String, Class<?>>> families;

  private JsonRecords(Map<Class<?>, Map<String, Class<?>>> families) {
    this.families = families;
  }

  /** Supports sealed interfaces only. */
  public static JsonRecords sealed() {
    return new JsonRecords(Map.of());
  }

  /**
   * Returns a copy that also supports an open family.
   *
   * @param family an interface
   * @param types its record classes by type name
   */
  public JsonRecords with(Class<?> family, Map<String, ? extends Class<?>> types) {
    Map<Class<?>, Map<String, Class<?>>> more = new LinkedHashMap<>(families);
    more.put(family, new LinkedHashMap<>(types));
    return new JsonRecords(more);
  }

  /** Returns the JSON of a record, enum constant, number, text, list or optional. */
  public JsonElement write(Object value) {
    return new RecordWriter(this).write(value, value.getClass());
  }

  /** Returns the JSON of a value of a family, with its {@code type}. */
  public JsonElement write(Object value, Class<?> family) {
    return new RecordWriter(this).write(value, family);
  }

  /**
   * Reads a value.
   *
   * @param type the record class, or a family
   * @throws JsonException if the JSON does not describe one; the message names the location
   */
  public <T> T read(JsonElement json, Class<T> type) {
    return type.cast(new RecordReader(this).read(json, type, ""));
  }

  /**
   * Parses strictly: no comments, no repeated members, nothing after the value.
   *
   * @throws JsonException if the text is not JSON; the message names line and column
   */
  public static JsonElement parse(String text) {
    return new JsonText(text, "", false, false).parse();
  }

  /**
   * Parses the text of a file strictly.
   *
   * @throws JsonException if the text is not JSON; the message names file, line and column
   */
  public static JsonElement parse(String text, Path file) {
    return new JsonText(text, "File " + file + ", ", false, false).parse();
  }

  /**
   * Parses a text that people write: strictly, except that comments as in Java are skipped, to the
   * end of a line or between two marks.
   *
   * @throws JsonException if the text is not JSON; the message names line and column
   */
  public static JsonElement parseCommented(String text) {
    return new JsonText(text, "", false, true).parse();
  }

  /**
   * Parses the text of a file as {@link #parseCommented(String)} does.
   *
   * @throws JsonException if the text is not JSON; the message names file, line and column
   */
  public static JsonElement parseCommented(String text, Path file) {
    return new JsonText(text, "File " + file + ", ", false, true).parse();
  }

  /** Returns a builder of schemas, for editors, of what this mapper reads. */
  public RecordSchema schema() {
    return new RecordSchema(this);
  }

  /**
   * Reads what a file describes.
   *
   * @param reading of its parsed text
   * @throws IllegalArgumentException if it is refused; the message names the file
   */
  public static <T> T ofFile(Path file, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException("File " + file + ": " + refused.getMessage(), refused);
    }
  }

  /**
   * Parses JSON that may contain NaN and infinities, as measured values are written; they become
   * texts.
   *
   * @throws JsonException if the text is not JSON; the message names line and column
   */
  public static JsonElement parseMeasured(String text) {
    return new JsonText(text, "", true, false).parse();
  }

  /** Returns the types of a family by type name, if it is one. */
  Optional<Map<String, Class<?>>> types(Class<?> family) {
    if (families.containsKey(family)) {
      return Optional.of(families.get(family));
    }
    if (!family.isInterface() || !family.isSealed()) {
      return Optional.empty();
    }
    Map<String, Class<?>> types = new LinkedHashMap<>();
    for (Class<?> permitted : family.getPermittedSubclasses()) {
      types(permitted)
          .ifPresentOrElse(
              types::putAll, () -> types.put(Names.ofMember(permitted, family), permitted));
    }
    return Optional.of(types);
  }

  /** Returns a deep copy of {@code base} with the members of {@code over} merged into it. */
  public static JsonObject merge(JsonObject base, JsonObject over) {
    JsonObject merged = base.deepCopy();
    over.entrySet()
        .forEach(
            member -> {
              JsonElement old = merged.get(member.getKey());
              boolean both = old != null && old.isJsonObject() && member.getValue().isJsonObject();
              merged.add(
                  member.getKey(),
                  both
                      ? merge(old.getAsJsonObject(), member.getValue().getAsJsonObject())
                      : member.getValue().deepCopy());
            });
    return merged;
  }
}
