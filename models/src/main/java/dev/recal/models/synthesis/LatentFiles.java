package dev.recal.models.synthesis;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Latent vectors as JSON: {@code {"z": [[…], …]}}, with other members that are ignored. */
public final class LatentFiles {

  private static final String VECTORS = "z";
  private static final Gson GSON = new Gson();

  private LatentFiles() {}

  /**
   * Writes vectors.
   *
   * @param z row-major
   * @param latent values of a vector
   * @param about further members
   */
  public static void write(Path file, float[] z, int latent, JsonObject about) throws IOException {
    JsonObject json = new JsonObject();
    about.entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
    JsonArray rows = new JsonArray();
    for (int row = 0; row < z.length / latent; row++) {
      JsonArray values = new JsonArray();
      for (int i = 0; i < latent; i++) {
        values.add(z[row * latent + i]);
      }
      rows.add(values);
    }
    json.add(VECTORS, rows);
    AtomicFiles.write(file, (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads vectors.
   *
   * @return one or more, all of equal length
   * @throws IOException if the file cannot be read, or has other contents
   */
  public static List<float[]> read(Path file) throws IOException {
    List<float[]> vectors;
    try {
      JsonObject json = JsonRecords.parse(TextFiles.read(file)).getAsJsonObject();
      JsonElement rows = json.get(VECTORS);
      vectors = rows == null ? List.of() : List.of(GSON.fromJson(rows, float[][].class));
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException other) {
      throw wrong(file, other);
    }
    long lengths = vectors.stream().mapToInt(vector -> vector.length).distinct().count();
    if (lengths != 1 || vectors.get(0).length == 0) {
      throw wrong(file, null);
    }
    for (float[] vector : vectors) {
      for (float value : vector) {
        if (!Float.isFinite(value)) {
          throw wrong(file, null);
        }
      }
    }
    return vectors;
  }

  private static IOException wrong(Path file, Exception cause) {
    return new IOException(
        "File "
            + file
            + ": expected latent vectors of equal length as JSON, {\"z\": [[numbers], …]}.",
        cause);
  }
}
