package dev.recal.graphs.explain;

import java.util.List;
import java.util.Objects;

/**
 * What a network says about one image, and why.
 *
 * @param pixels the image as the network saw it, three planes: red, green, blue, from 0 to 1
 * @param predicted the most probable class
 * @param probability of that class
 * @param explained the class that {@code cam} is about
 * @param cam Grad-CAM over the last stage: not negative, 0 where a place speaks for no or another
 *     class
 * @param inner what the layers published, in the order of the network
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
