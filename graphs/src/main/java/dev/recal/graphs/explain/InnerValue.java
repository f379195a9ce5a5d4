package dev.recal.graphs.explain;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.LongStream;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

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

  /**
   * Copies a published value of one image. Layers of a detector's heads publish a value for each
   * region: of these it is the mean.
   *
   * @param name path and kind, joined by a slash
   * @param tensor float32 or int32, the image or the regions in the first dimension
   */
  static InnerValue of(String name, Tensor tensor) {
    float[] all = floats(tensor);
    int slash = name.lastIndexOf('/');
    int rows = Math.toIntExact(tensor.shape().get(0));
    List<Integer> shape =
        LongStream.of(tensor.shape().asArray()).skip(1).mapToObj(Math::toIntExact).toList();
    String layer = name.substring(0, slash);
    String word = name.substring(slash + 1);
    if (rows <= 1) {
      return new InnerValue(layer, word, shape, all);
    }
    float[] mean = new float[all.length / rows];
    for (int i = 0; i < all.length; i++) {
      mean[i % mean.length] += all[i] / rows;
    }
    String regions = String.format(Locale.ROOT, ", mean of %,d regions", rows);
    return new InnerValue(layer + regions, word, shape, mean);
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    if (tensor instanceof TInt32 integers) {
      int[] copy = new int[values.length];
      integers.copyTo(DataBuffers.of(copy));
      for (int i = 0; i < copy.length; i++) {
        values[i] = copy[i];
      }
    } else {
      ((TFloat32) tensor).copyTo(DataBuffers.of(values));
    }
    return values;
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
