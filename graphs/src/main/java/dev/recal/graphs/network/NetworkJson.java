package dev.recal.graphs.network;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.json.RecordSchema;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Networks as JSON: written out ({@code {"type": "resnet", …}}), a name of {@link Networks}, or
 * {@code {"preset": NAME, …}} with what differs from it.
 */
public final class NetworkJson {

  private static final String PRESET = "preset";

  private NetworkJson() {}

  /**
   * Reads a network in any of the forms.
   *
   * @throws IllegalArgumentException if the text describes none; the message names the key
   */
  public static Network read(String text) {
    return read(JsonRecords.parse(text));
  }

  /**
   * Reads a network in any of the forms.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it describes none; the message names the file, and the key
   *     or the line
   */
  public static Network read(Path file) throws IOException {
    JsonElement json = JsonRecords.parse(TextFiles.read(file), file);
    return JsonRecords.ofFile(file, () -> read(json));
  }

  private static Network read(JsonElement json) {
    return Networks.json().read(expand(json), Network.class);
  }

  /** Returns a network's JSON with its type, written out. */
  public static JsonElement write(Network network) {
    return Networks.json().write(network, Network.class);
  }

  /**
   * Expands a name or a preset; returns anything else unchanged.
   *
   * @throws IllegalArgumentException if no preset has the name
   */
  public static JsonElement expand(JsonElement network) {
    if (network instanceof JsonPrimitive name && name.isString()) {
      return write(Networks.named(name.getAsString()));
    }
    if (!network.isJsonObject() || !network.getAsJsonObject().has(PRESET)) {
      return network;
    }
    JsonObject changes = network.getAsJsonObject().deepCopy();
    JsonElement preset = changes.remove(PRESET);
    if (!(preset instanceof JsonPrimitive name && name.isString())) {
      throw new IllegalArgumentException(
          "network.preset: expected the name of a network, but got " + preset + ".");
    }
    return JsonRecords.merge(write(Networks.named(name.getAsString())).getAsJsonObject(), changes);
  }

  /**
   * Returns the JSON schema of the forms that {@link #expand} writes out: a name, and a preset with
   * changes, whose keys depend on the preset.
   */
  public static JsonElement shortForms() {
    JsonObject names = RecordSchema.words(Networks.names().stream());
    JsonObject properties = new JsonObject();
    properties.add(PRESET, names);
    JsonArray required = new JsonArray();
    required.add(PRESET);
    JsonObject preset = new JsonObject();
    preset.addProperty("type", "object");
    preset.add("properties", properties);
    preset.add("required", required);
    JsonArray forms = new JsonArray();
    forms.add(names);
    forms.add(preset);
    JsonObject schema = new JsonObject();
    schema.add("anyOf", forms);
    return schema;
  }
}
