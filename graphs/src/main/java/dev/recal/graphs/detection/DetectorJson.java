package dev.recal.graphs.detection;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.json.JsonRecords;

/**
 * Detectors as JSON: {@code {"type": "mask-rcnn", "backbone": "resnet50", …}} or {@code {"type":
 * "retina-net", …}}. The backbone has any form of {@link NetworkJson}; what is omitted is that of
 * {@link MaskRcnn#defaults} or {@link RetinaNet#defaults}, and inside a part that of the part's own
 * {@code defaults()}.
 */
public final class DetectorJson {

  private static final String BACKBONE = "backbone";

  private DetectorJson() {}

  /**
   * Reads a detector.
   *
   * @throws IllegalArgumentException if the text does not describe one; the message names the key
   */
  public static Detector read(String text) {
    return Networks.json().read(expand(JsonRecords.parse(text)), Detector.class);
  }

  /** Returns a detector's JSON with its type, written out. */
  public static JsonElement write(Detector detector) {
    return Networks.json().write(detector, Detector.class);
  }

  /**
   * Expands the backbone's name or preset, as the mapper of {@link Networks#json} reads it.
   *
   * @throws IllegalArgumentException if there is no such preset
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
