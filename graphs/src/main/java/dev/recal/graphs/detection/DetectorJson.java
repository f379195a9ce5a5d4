package dev.recal.graphs.detection;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Detectors as JSON: {@code {"type": "mask-rcnn", "backbone": "resnet50", …}} or {@code {"type":
 * "retina-net", …}}. The backbone has any form of {@link NetworkJson}; what is omitted is that of
 * {@link MaskRcnn#defaults} or {@link RetinaNet#defaults}, and inside a part that of the part's own
 * {@code defaults()}.
 */
public final class DetectorJson {

  private static final String BACKBONE = "backbone";
  private static final String TYPE = "type";
  private static final Set<String> TYPES = Set.of("mask-rcnn", "retina-net");

  private DetectorJson() {}

  /**
   * Reads a detector.
   *
   * @throws IllegalArgumentException if the text does not describe one; the message names the key
   */
  public static Detector read(String text) {
    return Networks.json().read(expand(JsonRecords.parse(text)), Detector.class);
  }

  /**
   * Reads a detector from a file.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it describes none; the message names the file, and the key
   *     or the line
   */
  public static Detector read(Path file) throws IOException {
    JsonElement json = JsonRecords.parse(TextFiles.read(file), file);
    return JsonRecords.ofFile(file, () -> Networks.json().read(expand(json), Detector.class));
  }

  /**
   * Returns whether a file has the type of a detector.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is not JSON; the message names the file and the line
   */
  public static boolean describes(Path file) throws IOException {
    return describes(JsonRecords.parse(TextFiles.read(file), file));
  }

  /** Returns whether JSON has the type of a detector. */
  public static boolean describes(JsonElement json) {
    return json instanceof JsonObject object
        && object.get(TYPE) instanceof JsonPrimitive type
        && TYPES.contains(type.getAsString());
  }

  /** Returns a detector's JSON with its type, written out. */
  public static JsonElement write(Detector detector) {
    return Networks.json().write(detector, Detector.class);
  }

  /**
   * Expands the backbone's name or preset, as the mapper of {@link Networks#json} reads it.
   *
   * @throws IllegalArgumentException if no preset has the name
   */
  public static JsonElement expand(JsonElement detector) {
    if (!detector.isJsonObject() || !detector.getAsJsonObject().has(BACKBONE)) {
      return detector;
    }
    JsonObject expanded = detector.getAsJsonObject().deepCopy();
    expanded.add(BACKBONE, NetworkJson.expand(expanded.get(BACKBONE)));
    return expanded;
  }
}
