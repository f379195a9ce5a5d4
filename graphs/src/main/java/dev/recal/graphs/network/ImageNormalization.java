package dev.recal.graphs.network;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Normalises the colours of a data set to mean 0 and deviation 1: (x − mean) / deviation.
 *
 * @param mean of red, green and blue, in units of 0 to 1
 * @param deviation of red, green and blue, positive
 */
public record ImageNormalization(List<Float> mean, List<Float> deviation) {

  /** Rejects a number of colours other than three, and deviations that are not positive. */
  public ImageNormalization {
    mean = colours("mean", mean);
    deviation = colours("deviation", deviation);
    for (float value : deviation) {
      if (!(value > 0)) {
        throw new IllegalArgumentException(
            "deviation: expected positive numbers, but got " + deviation + ".");
      }
    }
  }

  /** ImageNet's. */
  public static ImageNormalization defaults() {
    return imagenet();
  }

  /** ImageNet's, as torchvision's networks use it. */
  public static ImageNormalization imagenet() {
    return new ImageNormalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
  }

  /** The training images of CIFAR-10. */
  public static ImageNormalization cifar() {
    return new ImageNormalization(
        List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2470f, 0.2435f, 0.2616f));
  }

  /** (x − 127.5) / 128 in units of 0 to 255, as face recognition does. */
  public static ImageNormalization faces() {
    float deviation = 128f / 255f;
    return new ImageNormalization(
        List.of(0.5f, 0.5f, 0.5f), List.of(deviation, deviation, deviation));
  }

  /** Returns normalised images of the same shape (N, H, W, 3). */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> images) {
    float[] scale = new float[3];
    float[] offset = new float[3];
    for (int i = 0; i < 3; i++) {
      scale[i] = 1f / deviation.get(i);
      offset[i] = mean.get(i);
    }
    return tf.math.mul(tf.math.sub(images, tf.constant(offset)), tf.constant(scale));
  }

  private static List<Float> colours(String name, List<Float> values) {
    if (values.size() != 3) {
      throw new IllegalArgumentException(
          name + ": expected a number for red, green and blue, but got " + values + ".");
    }
    return List.copyOf(values);
  }
}
