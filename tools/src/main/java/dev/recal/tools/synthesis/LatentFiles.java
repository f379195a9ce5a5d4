package dev.recal.tools.synthesis;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.recal.graphs.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Latent vectors as JSON: {@code {"z": [[…], …]}}, with other members that nobody reads. */
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
   * @param latent values that each should have
   * @return row-major
   * @throws IOException if the file cannot be read, or holds something else
   */
  public static float[] read(Path file, int latent) throws IOException {
    List<JsonElement> rows = rows(file);
    float[] z = new float[rows.size() * latent];
    for (int row = 0; row < rows.size(); row++) {
      float[] values = values(file, rows.get(row));
      if (values.length != latent) {
        throw new IOException(
            "File "
                + file
                + " should hold vectors of the generator's "
                + latent
                + " numbers, but number "
                + row
                + " (counted from 0) has "
                + values.length
                + ".");
      }
      System.arraycopy(values, 0, z, row * latent, latent);
    }
    return z;
  }

  private static List<JsonElement> rows(Path file) throws IOException {
    try {
      JsonElement json = JsonParser.parseString(Files.readString(file));
      List<JsonElement> rows = json.getAsJsonObject().getAsJsonArray(VECTORS).asList();
      if (!rows.isEmpty()) {
        return rows;
      }
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | IllegalArgumentException other) {
      throw wrong(file, other);
    }
    throw wrong(file, null);
  }

  private static float[] values(Path file, JsonElement row) throws IOException {
    float[] values;
    try {
      values = GSON.fromJson(row, float[].class);
    } catch (JsonParseException other) {
      throw wrong(file, other);
    }
    if (values == null) {
      throw wrong(file, null);
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw wrong(file, null);
      }
    }
    return values;
  }

  private static IOException wrong(Path file, Exception cause) {
    return new IOException(
        "File "
            + file
            + " should hold latent vectors as JSON, {\"z\": [[numbers], …]}, but does not.",
        cause);
  }
}
