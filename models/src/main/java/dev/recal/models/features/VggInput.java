package dev.recal.models.features;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What colours the weights of a network were trained with. */
public enum VggInput {
  /** Red, green, blue, normalised to ImageNet's mean and deviation: torchvision's weights. */
  TORCHVISION {
    @Override
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> images) {
      return tf.math.div(tf.math.sub(images, tf.constant(SHIFT)), tf.constant(SCALE));
    }
  },
  /** Blue, green, red from 0 to 255 minus the mean: the original weights, of Caffe. */
  CAFFE {
    @Override
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> images) {
      Operand<TFloat32> levels =
          tf.math.mul(tf.math.add(images, tf.constant(1f)), tf.constant(HALF_RANGE));
      return tf.reverse(tf.math.sub(levels, tf.constant(MEAN)), tf.constant(new int[] {3}));
    }
  };

  // Twice ImageNet's mean minus 1, and twice its deviation.
  private static final float[] SHIFT = {-.030f, -.088f, -.188f};
  private static final float[] SCALE = {.458f, .448f, .450f};
  // Of red, green, blue.
  private static final float[] MEAN = {123.68f, 116.779f, 103.939f};
  private static final float HALF_RANGE = 127.5f;

  /** Converts images in −1..1, (N, H, W, 3) red, green, blue. */
  abstract Operand<TFloat32> apply(Ops tf, Operand<TFloat32> images);
}
