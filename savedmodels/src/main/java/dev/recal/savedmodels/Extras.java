package dev.recal.savedmodels;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonException;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The extra files of a model, in {@code assets.extra}, which TensorFlow ignores. */
final class Extras {

  static final String DIRECTORY = "assets.extra";
  static final String METADATA = "recal.json";

  /** The member of the metadata that the writer sets. */
  static final String WRITER = "savedmodel";

  /** The member of {@link #WRITER} with the tolerance of the golden outputs. */
  static final String TOLERANCE = "tolerance";

  static final String LABELS = "labels.txt";
  static final String GOLDEN_INPUTS = "golden_inputs.safetensors";
  static final String GOLDEN_OUTPUTS = "golden_outputs.safetensors";

  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeSpecialFloatingPointValues()
          .create();

  private Extras() {}

  /** Returns the metadata as they are written. */
  static String text(JsonObject metadata) {
    return GSON.toJson(metadata) + "\n";
  }

  static void writeMetadata(Path model, String text) throws IOException {
    TextFiles.write(file(model, METADATA), text);
  }

  static void writeLabels(Path model, List<String> labels) throws IOException {
    Arguments.lines("labels", labels);
    if (!labels.isEmpty()) {
      TextFiles.write(file(model, LABELS), String.join("\n", labels) + "\n");
    }
  }

  static JsonObject readMetadata(Path model) throws IOException {
    Path file = file(model, METADATA);
    if (!Files.exists(file)) {
      return new JsonObject();
    }
    try {
      if (JsonRecords.parseMeasured(TextFiles.read(file)) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonException wrong) {
      throw new IOException("File " + file + " is damaged: " + wrong.getMessage(), wrong);
    }
    throw new IOException("File " + file + ": expected a JSON object.");
  }

  static List<String> readLabels(Path model) throws IOException {
    Path file = file(model, LABELS);
    return Files.exists(file) ? TextFiles.lines(file) : List.of();
  }

  static Path file(Path model, String name) {
    return model.resolve(DIRECTORY).resolve(name);
  }
}
