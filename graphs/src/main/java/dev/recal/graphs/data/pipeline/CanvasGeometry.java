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
 * An image that is resized with its aspect ratio kept, cropped where it is larger than the canvas,
 * perhaps mirrored, and put at the top left of a canvas of zeros.
 *
 * @param bounds of the size after resizing
 * @param canvas height and width of the delivered image, (2)
 * @param place where the canvas lies in a larger image, along height and width in [0, 1), (2);
 *     empty if no image becomes larger
 * @param mirror whether the image is mirrored, one value of any shape; empty if images never are
 */
record CanvasGeometry(
    Bounds bounds,
    Operand<TInt32> canvas,
    Optional<Operand<TFloat32>> place,
    Optional<Operand<TBool>> mirror)
    implements Geometry {

  /**
   * The maxima of a size; see {@link Images#keepRatioSize}.
   *
   * @param shorter maximum of the shorter side in pixels, a scalar
   * @param longer maximum of the longer side in pixels
   * @param box height and width that the image fits into, (2)
   */
  record Bounds(Operand<TInt32> shorter, int longer, Operand<TInt32> box) {}

  /**
   * Draws the mirroring of an image, and its scale if that varies.
   *
   * @param random its random numbers, (1, {@link BatchGraph#COLUMNS})
   * @param canvas height and width of the delivered image, (2)
   */
  static CanvasGeometry of(
      Ops tf, Augmentation.KeepRatio keep, Operand<TFloat32> random, Operand<TInt32> canvas) {
    int minimum = keep.minShorter().orElse(keep.shorter());
    Operand<TInt32> shorter = tf.constant(keep.shorter());
    if (minimum < keep.shorter()) {
      int count = keep.shorter() - minimum + 1;
      Operand<TFloat32> steps =
          tf.math.mul(number(tf, random, BatchGraph.COLUMN_SCALE), tf.constant((float) count));
      // A uniform number just below 1 times a large count can round up to the count.
      shorter =
          tf.math.minimum(
              tf.math.add(tf.dtypes.cast(steps, TInt32.class), tf.constant(minimum)), shorter);
    }
    return new CanvasGeometry(
        new Bounds(shorter, keep.longer(), canvas),
        canvas,
        Optional.empty(),
        mirror(tf, random, keep.flip()));
  }

  /** Draws the scale, the crop and the mirroring of an image; arguments as above. */
  static CanvasGeometry of(
      Ops tf, Augmentation.ScaleJitter jitter, Operand<TFloat32> random, Operand<TInt32> canvas) {
    float range = (float) (jitter.maxScale() - jitter.minScale());
    Operand<TFloat32> scale =
        tf.math.add(
            tf.math.mul(number(tf, random, BatchGraph.COLUMN_SCALE), tf.constant(range)),
            tf.constant((float) jitter.minScale()));
    Operand<TFloat32> sides = tf.math.mul(ImageGraph.floats(tf, canvas), scale);
    Operand<TInt32> box =
        tf.math.maximum(
            tf.dtypes.cast(tf.math.floor(tf.math.add(sides, tf.constant(0.5f))), TInt32.class),
            tf.constant(1));
    Operand<TFloat32> place =
        tf.slice(
            tf.reshape(random, tf.constant(new int[] {-1})),
            tf.constant(new int[] {BatchGraph.COLUMN_Y}),
            tf.constant(new int[] {2}));
    return new CanvasGeometry(
        new Bounds(tf.constant(Integer.MAX_VALUE), Integer.MAX_VALUE, box),
        canvas,
        Optional.of(place),
        mirror(tf, random, jitter.flip()));
  }

  private static Optional<Operand<TBool>> mirror(Ops tf, Operand<TFloat32> random, boolean flip) {
    return flip
        ? Optional.of(
            BatchGraph.randomBoolean(tf, RandomRows.column(tf, random, BatchGraph.COLUMN_FLIP)))
        : Optional.empty();
  }

  private static Operand<TFloat32> number(Ops tf, Operand<TFloat32> random, int column) {
    return tf.reshape(RandomRows.column(tf, random, column), tf.constant(new int[0]));
  }

  @Override
  public Operand<TInt32> canvas(Ops tf) {
    return canvas;
  }

  /** The size after resizing, before cropping. */
  private Operand<TInt32> resized(Ops tf, Operand<TInt32> sides) {
    return Images.keepRatioSize(tf, sides, bounds.shorter, bounds.longer, bounds.box);
  }

  @Override
  public Operand<TInt32> size(Ops tf, Operand<TInt32> sides) {
    Operand<TInt32> resized = resized(tf, sides);
    return place.isEmpty() ? resized : tf.math.minimum(resized, canvas);
  }

  /** The placement before mirroring. */
  private Placement cropped(Ops tf, Operand<TInt32> sides) {
    Operand<TInt32> resized = resized(tf, sides);
    Placement whole = Placement.stretched(tf, sides, resized);
    if (place.isEmpty()) {
      return whole;
    }
    Operand<TFloat32> room =
        ImageGraph.floats(tf, tf.math.maximum(tf.math.sub(resized, canvas), tf.constant(0)));
    Operand<TFloat32> corner =
        tf.math.floor(tf.math.mul(place.get(), tf.math.add(room, tf.constant(1f))));
    return new Placement(whole.scale(), tf.math.neg(tf.math.minimum(corner, room)));
  }

  @Override
  public Placement placement(Ops tf, Operand<TInt32> sides) {
    Placement cropped = cropped(tf, sides);
    if (mirror.isEmpty()) {
      return cropped;
    }
    Operand<TInt32> width = ImageGraph.Size.ofShape(tf, size(tf, sides)).width();
    return cropped.then(tf, BatchGraph.mirroring(tf, mirror.get(), ImageGraph.floats(tf, width)));
  }

  @Override
  public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
    Operand<TInt32> sides =
        tf.slice(tf.shape(image), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    return mirrored(tf, Images.place(tf, image, cropped(tf, sides), canvas), sides);
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
