package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.targets.Geometry;
import dev.recal.ops.image.Images;
import dev.recal.ops.image.Placement;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * An image that is resized with its aspect ratio kept, perhaps mirrored, and put at the top left of
 * a canvas of zeros.
 *
 * @param shorter maximum of the shorter side in pixels, a scalar
 * @param longer maximum of the longer side in pixels
 * @param canvas height and width of the delivered image, (2)
 * @param mirror whether the image is mirrored, one value of any shape; empty if images never are
 */
record KeepRatioGeometry(
    Operand<TInt32> shorter, int longer, Operand<TInt32> canvas, Optional<Operand<TBool>> mirror)
    implements Geometry {

  /**
   * Draws the scale and the mirroring of an image.
   *
   * @param random its random numbers, (1, {@link BatchGraph#COLUMNS})
   * @param canvas height and width of the delivered image, (2)
   */
  static KeepRatioGeometry of(
      Ops tf, Augmentation.KeepRatio keep, Operand<TFloat32> random, Operand<TInt32> canvas) {
    Optional<Operand<TBool>> mirror =
        keep.flip()
            ? Optional.of(
                BatchGraph.randomBoolean(tf, RandomRows.column(tf, random, BatchGraph.COLUMN_FLIP)))
            : Optional.empty();
    return new KeepRatioGeometry(shorter(tf, keep, random), keep.longer(), canvas, mirror);
  }

  private static Operand<TInt32> shorter(
      Ops tf, Augmentation.KeepRatio keep, Operand<TFloat32> random) {
    int minimum = keep.minShorter().orElse(keep.shorter());
    if (minimum == keep.shorter()) {
      return tf.constant(keep.shorter());
    }
    Operand<TFloat32> uniform =
        tf.reshape(RandomRows.column(tf, random, BatchGraph.COLUMN_SCALE), tf.constant(new int[0]));
    Operand<TFloat32> steps =
        tf.math.mul(uniform, tf.constant((float) (keep.shorter() - minimum + 1)));
    // A uniform number just below 1 times a large range can round up to the range.
    return tf.math.minimum(
        tf.math.add(tf.dtypes.cast(steps, TInt32.class), tf.constant(minimum)),
        tf.constant(keep.shorter()));
  }

  @Override
  public Operand<TInt32> canvas(Ops tf) {
    return canvas;
  }

  @Override
  public Operand<TInt32> size(Ops tf, Operand<TInt32> sides) {
    return Images.keepRatioSize(tf, sides, shorter, longer, canvas);
  }

  @Override
  public Placement placement(Ops tf, Operand<TInt32> sides) {
    Operand<TInt32> size = size(tf, sides);
    Placement resized = Placement.stretched(tf, sides, size);
    if (mirror.isEmpty()) {
      return resized;
    }
    Operand<TFloat32> width = ImageGraph.floats(tf, ImageGraph.Size.ofShape(tf, size).width());
    return resized.then(tf, BatchGraph.mirroring(tf, mirror.get(), width));
  }

  @Override
  public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
    Operand<TInt32> sides =
        tf.slice(tf.shape(image), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    Operand<TUint8> resized = Images.resizeOnCanvas(tf, image, size(tf, sides), canvas);
    return mirrored(tf, resized, sides);
  }

  /**
   * Mirrors a resized image within its own part of the canvas, if it is to be mirrored.
   *
   * @param resized the image on its canvas
   * @param sides height and width of the stored image, (2)
   */
  Operand<TUint8> mirrored(Ops tf, Operand<TUint8> resized, Operand<TInt32> sides) {
    if (mirror.isEmpty()) {
      return resized;
    }
    Operand<TInt32> width = ImageGraph.Size.ofShape(tf, size(tf, sides)).width();
    Operand<TInt32> columns =
        tf.range(tf.constant(0), ImageGraph.Size.ofShape(tf, canvas).width(), tf.constant(1));
    Operand<TBool> moves =
        tf.math.logicalAnd(
            tf.reshape(mirror.get(), tf.constant(new int[] {1})), tf.math.less(columns, width));
    Operand<TInt32> reversed = tf.math.sub(tf.math.sub(width, tf.constant(1)), columns);
    return tf.gather(resized, tf.select(moves, reversed, columns), tf.constant(1));
  }
}
