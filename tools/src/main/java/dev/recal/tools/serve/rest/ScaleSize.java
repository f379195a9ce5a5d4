package dev.recal.tools.serve.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;

/** The size of a training image at one scale of a pyramid. */
record ScaleSize(int height, int width) {

  private static final String MEMBER = "scales";

  /**
   * Reads the scales from a model's metadata, from the smallest on.
   *
   * @return empty if there are none, or one has no size: the metadata may be another program's
   */
  static List<ScaleSize> of(JsonObject metadata) {
    if (!(metadata.get(MEMBER) instanceof JsonArray list)) {
      return List.of();
    }
    List<ScaleSize> scales = new ArrayList<>();
    for (JsonElement element : list) {
      int height = size(element, "height");
      int width = size(element, "width");
      if (height < 1 || width < 1) {
        return List.of();
      }
      scales.add(new ScaleSize(height, width));
    }
    return scales;
  }

  // 0 for anything else than a whole number.
  private static int size(JsonElement element, String name) {
    if (!(element instanceof JsonObject scale)
        || !(scale.get(name) instanceof JsonPrimitive value)
        || !value.isNumber()) {
      return 0;
    }
    double size = value.getAsDouble();
    return size == Math.rint(size) && size <= Integer.MAX_VALUE ? (int) size : 0;
  }
}
