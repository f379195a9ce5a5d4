package dev.recal.graphs.explain;

import java.util.List;
import java.util.Objects;

/**
 * A value published by a layer for one image: a gate, weights, regions, masks.
 *
 * @param layer the path of the layer's scope, for example {@code stage1/block0/recalibration}
 * @param word the kind of value, for example {@code gate}
 * @param shape without the batch
 * @param values in row-major order
 */
public record InnerValue(String layer, String word, List<Integer> shape, float[] values) {

  /** Copies the shape. */
  public InnerValue {
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(word, "word");
    shape = List.copyOf(shape);
    int size = shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    if (size != values.length) {
      throw new IllegalArgumentException(
          "values: expected " + size + " for shape " + shape + ", but got " + values.length + ".");
    }
  }

  /** Whether it is a vector: a value for each channel, or for each component of a mixture. */
  public boolean isVector() {
    return shape.size() == 1;
  }

  /** Whether it is a map: (h, w) or (h, w, channels). */
  public boolean isMap() {
    return shape.size() == 2 && word.equals("regions") || shape.size() == 3;
  }

  /** Returns one channel of a map as a plane. */
  public Plane plane(int channel) {
    int channels = shape.size() == 3 ? shape.get(2) : 1;
    float[] plane = new float[shape.get(0) * shape.get(1)];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = values[i * channels + channel];
    }
    return new Plane(shape.get(0), shape.get(1), plane);
  }

  /** Returns a map's mean over its channels. */
  public Plane mean() {
    int channels = shape.size() == 3 ? shape.get(2) : 1;
    float[] plane = new float[shape.get(0) * shape.get(1)];
    for (int i = 0; i < values.length; i++) {
      plane[i / channels] += values[i] / channels;
    }
    return new Plane(shape.get(0), shape.get(1), plane);
  }
}
