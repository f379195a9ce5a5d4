package dev.recal.graphs.explain;

import java.util.List;
import java.util.Objects;

/**
 * The explanation of a prediction for one image.
 *
 * @param pixels the image as the network saw it, three planes: red, green, blue, from 0 to 1
 * @param predicted the most probable class
 * @param probability of that class
 * @param explained the class that {@code cam} is about
 * @param cam Grad-CAM over the last stage: not negative, 0 at positions without evidence for the
 *     class
 * @param inner the values published by the layers, in network order
 */
public record Explanation(
    List<Plane> pixels,
    int predicted,
    float probability,
    int explained,
    Plane cam,
    List<InnerValue> inner) {

  /** Copies the lists. */
  public Explanation {
    pixels = List.copyOf(pixels);
    inner = List.copyOf(inner);
    Objects.requireNonNull(cam, "cam");
    if (pixels.size() != 3) {
      throw new IllegalArgumentException(
          "pixels: expected three planes, but got " + pixels.size() + ".");
    }
  }
}
