package dev.recal.graphs.detection;

import dev.recal.graphs.network.NetworkFamily;
import dev.recal.ops.Arguments;
import dev.recal.ops.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Images of different sizes in one batch, padded on the right and at the bottom.
 *
 * <p>Detectors are trained with padding that is 0 after the normalisation of colours. Networks
 * normalise inside, so the padding is replaced by the colour that becomes 0.
 */
public final class PaddedImages {

  private PaddedImages() {}

  /**
   * Replaces the padding by the mean colour of the backbone's normalisation; by 0 if the backbone
   * is not a {@link NetworkFamily}, whose normalisation is known.
   *
   * @param images (N, H, W, 3), from 0 to 1; any values in the padding
   * @param sizes (N, 2): height and width of each image without its padding
   * @return images of the same shape
   */
  public static Operand<TFloat32> of(
      Ops tf, Detector detector, Operand<TFloat32> images, Operand<TFloat32> sizes) {
    Arguments.require(
        sizes.shape().numDimensions() == 2 && sizes.shape().get(1) == 2,
        "sizes",
        "shape (N, 2)",
        sizes.shape());
    float[] colour = new float[3];
    if (detector.backbone() instanceof NetworkFamily<?> family) {
      for (int i = 0; i < 3; i++) {
        colour[i] = family.settings().normalization().mean().get(i);
      }
    }
    Operand<TBool> rows = tf.expandDims(within(tf, images, sizes, 0), tf.constant(2));
    Operand<TBool> columns = tf.expandDims(within(tf, images, sizes, 1), tf.constant(1));
    Operand<TBool> inside = tf.expandDims(tf.math.logicalAnd(rows, columns), tf.constant(3));
    return tf.select(inside, images, tf.constant(colour));
  }

  // (N, H) or (N, W): whether a row or column belongs to the image.
  private static Operand<TBool> within(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> sizes, int axis) {
    Operand<TFloat32> positions =
        tf.dtypes.cast(
            tf.range(tf.constant(0), Shapes.size(tf, images, axis + 1), tf.constant(1)),
            TFloat32.class);
    Operand<TFloat32> limits =
        tf.slice(sizes, tf.constant(new int[] {0, axis}), tf.constant(new int[] {-1, 1}));
    return tf.math.less(positions, limits);
  }
}
