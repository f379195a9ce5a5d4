package dev.recal.graphs.synthesis.metrics;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The evaluations of a run's checkpoints in a file of JSON lines: one line per checkpoint, in step
 * order, with the contents of {@link SynthesisReport#toJson()}.
 *
 * @param file may be absent, for an empty history
 */
public record SynthesisHistory(Path file) {

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final String STEP = "step";
  private static final String VALUES = "values";

  /**
   * Adds a checkpoint's metrics, or replaces those of the same step; the file is written
   * atomically.
   *
   * @throws IOException if the file cannot be read or written
   */
  public void add(long step, SynthesisReport report) throws IOException {
    JsonObject line = report.toJson();
    line.addProperty(STEP, step);
    line.add(VALUES, GSON.toJsonTree(report.values()));
    SortedMap<Long, JsonObject> lines = lines();
    lines.put(step, line);
    StringBuilder text = new StringBuilder();
    lines.values().forEach(each -> text.append(GSON.toJson(each)).append('\n'));
    AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the metrics in step order.
   *
   * @throws IOException if the file cannot be read, or a line is not an evaluation
   */
  public List<SynthesisPoint> points() throws IOException {
    List<SynthesisPoint> points = new ArrayList<>();
    for (Map.Entry<Long, JsonObject> line : lines().entrySet()) {
      JsonObject json = line.getValue();
      try {
        SortedMap<String, Double> values = new TreeMap<>();
        for (Map.Entry<String, JsonElement> value : json.getAsJsonObject(VALUES).entrySet()) {
          values.put(value.getKey(), value.getValue().getAsDouble());
        }
        points.add(
            new SynthesisPoint(
                line.getKey(),
                json.getAsJsonObject("features").get("name").getAsString(),
                json.getAsJsonObject("samples").get("count").getAsInt(),
                values));
      } catch (RuntimeException wrong) {
        // Gson throws four kinds of these for a field that is missing or of another type.
        throw damaged(wrong);
      }
    }
    return points;
  }

  private SortedMap<Long, JsonObject> lines() throws IOException {
    SortedMap<Long, JsonObject> lines = new TreeMap<>();
    if (!Files.exists(file)) {
      return lines;
    }
    for (String line : TextFiles.lines(file)) {
      try {
        JsonObject json = JsonRecords.parse(line).getAsJsonObject();
        lines.put(json.get(STEP).getAsLong(), json);
      } catch (IllegalArgumentException
          | IllegalStateException
          | UnsupportedOperationException
          | NullPointerException wrong) {
        throw damaged(wrong);
      }
    }
    return lines;
  }

  private IOException damaged(RuntimeException wrong) {
    return new IOException(
        "The file " + file + " is not an evaluation history: a line lacks a required value.",
        wrong);
  }
}
