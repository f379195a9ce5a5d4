package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.ImageGraph;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The position of a random-resized crop, by torchvision's rule: the first of ten random areas and
 * ratios that fits into the image, at a random position; if none fits, the largest central crop
 * with an allowed ratio.
 */
final class CropBox {
  /** Random numbers an image needs. */
  static final int COLUMNS = 40;

  private static final int TRIES = 10;

  private CropBox() {}

  /**
   * Adds the ops.
   *
   * @param size of the image
   * @param random {@link #COLUMNS} numbers, any shape
   * @return a vector y, x, height, width in pixels
   */
  static Operand<TInt32> draw(
      Ops tf, ImageGraph.Size size, Operand<TFloat32> random, Augmentation.RandomResizedCrop crop) {
    Operand<TFloat32> tries = tf.reshape(random, tf.constant(new int[] {4, TRIES}));
    Operand<TFloat32> height = ImageGraph.floats(tf, size.height());
    Operand<TFloat32> width = ImageGraph.floats(tf, size.width());

    Operand<TFloat32> area =
        tf.math.mul(
            tf.math.mul(height, width),
            between(tf, row(tf, tries, 0), crop.minScale(), crop.maxScale()));
    Operand<TFloat32> ratio =
        tf.math.exp(
            between(tf, row(tf, tries, 1), Math.log(crop.minRatio()), Math.log(crop.maxRatio())));
    Operand<TFloat32> cropWidth = tf.math.rint(tf.math.sqrt(tf.math.mul(area, ratio)));
    Operand<TFloat32> cropHeight = tf.math.rint(tf.math.sqrt(tf.math.div(area, ratio)));
    Operand<TBool> fits =
        tf.math.logicalAnd(fits(tf, cropHeight, height), fits(tf, cropWidth, width));
    Operand<TFloat32> y = place(tf, row(tf, tries, 2), height, cropHeight);
    Operand<TFloat32> x = place(tf, row(tf, tries, 3), width, cropWidth);
    // 4×11: the tries and, always fitting, the central crop; the first that fits is taken.
    Operand<TFloat32> boxes =
        tf.concat(
            List.of(
                tf.stack(List.of(y, x, cropHeight, cropWidth)),
                tf.expandDims(central(tf, height, width, crop), tf.constant(1))),
            tf.constant(1));
    Operand<TInt32> fitting =
        tf.dtypes.cast(
            tf.concat(List.of(fits, tf.constant(new boolean[] {true})), tf.constant(0)),
            TInt32.class);
    Operand<TInt32> first = tf.math.argMax(fitting, tf.constant(0), TInt32.class);
    return tf.dtypes.cast(tf.gather(boxes, first, tf.constant(1)), TInt32.class);
  }

  private static Operand<TFloat32> row(Ops tf, Operand<TFloat32> tries, int row) {
    return tf.gather(tries, tf.constant(row), tf.constant(0));
  }

  private static Operand<TFloat32> between(
      Ops tf, Operand<TFloat32> uniform, double low, double high) {
    return tf.math.add(
        tf.math.mul(uniform, tf.constant((float) (high - low))), tf.constant((float) low));
  }

  private static Operand<TBool> fits(Ops tf, Operand<TFloat32> part, Operand<TFloat32> whole) {
    return tf.math.logicalAnd(
        tf.math.greaterEqual(part, tf.constant(1f)), tf.math.lessEqual(part, whole));
  }

  /** An even choice among the places 0 … whole − part. */
  private static Operand<TFloat32> place(
      Ops tf, Operand<TFloat32> uniform, Operand<TFloat32> whole, Operand<TFloat32> part) {
    Operand<TFloat32> room = tf.math.sub(whole, part);
    Operand<TFloat32> place =
        tf.math.floor(tf.math.mul(uniform, tf.math.add(room, tf.constant(1f))));
    // A uniform number just below 1 times a large size can round up to the size.
    return tf.math.minimum(place, room);
  }

  private static Operand<TFloat32> central(
      Ops tf,
      Operand<TFloat32> height,
      Operand<TFloat32> width,
      Augmentation.RandomResizedCrop crop) {
    Operand<TFloat32> highest =
        tf.math.rint(tf.math.div(width, tf.constant((float) crop.minRatio())));
    Operand<TFloat32> widest =
        tf.math.rint(tf.math.mul(height, tf.constant((float) crop.maxRatio())));
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> cropHeight = tf.math.maximum(one, tf.math.minimum(height, highest));
    Operand<TFloat32> cropWidth = tf.math.maximum(one, tf.math.minimum(width, widest));
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> y = tf.math.floor(tf.math.mul(tf.math.sub(height, cropHeight), half));
    Operand<TFloat32> x = tf.math.floor(tf.math.mul(tf.math.sub(width, cropWidth), half));
    return tf.stack(List.of(y, x, cropHeight, cropWidth));
  }
}
