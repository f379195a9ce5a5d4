package dev.recal.tools.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonException;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/** Reads a directory's {@code manifest.json}: an object of cases by name. */
public final class GoldenManifest {

  private static final String FILE = "manifest.json";
  private static final Set<String> CASE_MEMBERS =
      Set.of("module", "training", "file", "output_shape", "parameters");

  private GoldenManifest() {}

  /**
   * Reads the cases of a directory, in the manifest's order.
   *
   * @throws IOException if there is no manifest or it does not describe cases; the message names
   *     the location
   */
  public static List<GoldenCase> read(Path directory) throws IOException {
    Path manifest = directory.resolve(FILE);
    if (!Files.isRegularFile(manifest)) {
      throw new IOException("There is no " + FILE + " in " + directory + ".");
    }
    String text = TextFiles.read(manifest);
    try {
      JsonElement json = JsonRecords.parse(text);
      if (!json.isJsonObject() || json.getAsJsonObject().isEmpty()) {
        throw new IOException("expected an object of cases by name.");
      }
      List<GoldenCase> cases = new ArrayList<>();
      for (String name : json.getAsJsonObject().keySet()) {
        cases.add(entry(directory, name, json.getAsJsonObject().get(name)));
      }
      return List.copyOf(cases);
    } catch (IOException | JsonException invalid) {
      throw new IOException("File " + manifest + ": " + invalid.getMessage(), invalid);
    }
  }

  private static GoldenCase entry(Path directory, String name, JsonElement json)
      throws IOException {
    if (!json.isJsonObject()) {
      throw new IOException("case '" + name + "': expected an object.");
    }
    JsonObject entry = json.getAsJsonObject();
    JsonObject settings = new JsonObject();
    entry.entrySet().stream()
        .filter(member -> !CASE_MEMBERS.contains(member.getKey()))
        .forEach(member -> settings.add(camelCase(member.getKey()), member.getValue()));
    if (entry.has(GoldenKinds.MEMBER)) {
      String kind =
          member(entry, name, GoldenKinds.MEMBER, JsonPrimitive::isString, "a text").getAsString();
      return GoldenCase.ofKind(name, kind, settings, directory.resolve(name));
    }
    return new GoldenCase(
        name,
        member(entry, name, "module", JsonPrimitive::isString, "a text").getAsString(),
        settings,
        member(entry, name, "training", JsonPrimitive::isBoolean, "true or false").getAsBoolean(),
        directory.resolve(
            member(entry, name, "file", JsonPrimitive::isString, "a text").getAsString()),
        shape(entry.get("output_shape"), name),
        member(entry, name, "parameters", JsonPrimitive::isNumber, "a number").getAsLong());
  }

  private static JsonPrimitive member(
      JsonObject entry, String name, String key, Predicate<JsonPrimitive> fits, String expected)
      throws IOException {
    if (entry.get(key) instanceof JsonPrimitive primitive && fits.test(primitive)) {
      return primitive;
    }
    throw invalid(name, key, expected, entry.get(key));
  }

  private static Shape shape(JsonElement json, String name) throws IOException {
    String expected = "a list of sizes";
    if (json == null || !json.isJsonArray()) {
      throw invalid(name, "output_shape", expected, json);
    }
    List<JsonElement> sizes = json.getAsJsonArray().asList();
    for (JsonElement size : sizes) {
      if (!(size instanceof JsonPrimitive number) || !number.isNumber() || number.getAsLong() < 0) {
        throw invalid(name, "output_shape", expected, json);
      }
    }
    return Shape.of(sizes.stream().mapToLong(JsonElement::getAsLong).toArray());
  }

  private static IOException invalid(String name, String key, String expected, JsonElement found) {
    return new IOException(
        "case '"
            + name
            + "': "
            + key
            + ": expected "
            + expected
            + ", but got "
            + (found == null ? "nothing" : found)
            + ".");
  }

  // Manifests write style_norm, records styleNorm.
  private static String camelCase(String key) {
    return Pattern.compile("_([a-z])")
        .matcher(key)
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }
}
