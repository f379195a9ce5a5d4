package dev.recal.graphs.data.pipeline;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * {@link RandAugment} on a batch, whose images have different operations: all move their pixels by
 * one affine map each, look each value up in one table each, and are blended with a degenerate
 * image; an operation is one of the three, and the other two leave its image as it is.
 */
final class RandAugmentGraph {

  /** The operations in torchvision's order. */
  enum Operation {
    IDENTITY,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    BRIGHTNESS,
    COLOUR,
    CONTRAST,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTO_CONTRAST,
    EQUALIZE
  }

  /** Random numbers of one operation of one image: which it is, and its sign. */
  private static final int NUMBERS = 2;

  private static final int BLOCK = 4;

  private final Ops tf;
  private final RandAugmentTables tables;
  private final int height;
  private final int width;

  private RandAugmentGraph(Ops tf, RandAugment settings, int height, int width) {
    this.tf = tf;
    this.tables = new RandAugmentTables(settings, height, width);
    this.height = height;
    this.width = width;
  }

  /** Random numbers of an image, a multiple of 4. */
  static int columns(RandAugment settings) {
    return (settings.operations() * NUMBERS + BLOCK - 1) / BLOCK * BLOCK;
  }

  /**
   * Adds the operations.
   *
   * @param images n×height×width×3
   * @param random n×{@link #columns}
   * @param height of the images in pixels
   * @param width of the images in pixels
   */
  static Operand<TUint8> apply(
      Ops tf,
      Operand<TUint8> images,
      Operand<TFloat32> random,
      RandAugment settings,
      int height,
      int width) {
    RandAugmentGraph graph = new RandAugmentGraph(tf, settings, height, width);
    Operand<TUint8> changed = images;
    for (int i = 0; i < settings.operations(); i++) {
      Operand<TFloat32> which = RandomRows.column(tf, random, NUMBERS * i);
      Operand<TFloat32> sign = RandomRows.column(tf, random, NUMBERS * i + 1);
      changed = graph.apply(changed, variant(tf, which, sign));
    }
    return changed;
  }

  /**
   * Applies one operation of a magnitude to each image.
   *
   * @param variants the number of the {@link Operation}, and for a negative magnitude the number of
   *     operations more, (n)
   */
  static Operand<TUint8> apply(
      Ops tf, Operand<TUint8> images, RandAugment settings, int[] variants) {
    int height = (int) images.shape().get(1);
    int width = (int) images.shape().get(2);
    return new RandAugmentGraph(tf, settings, height, width).apply(images, tf.constant(variants));
  }

  /** The operation's number, that of its negative counted after those of all positive ones, (n). */
  private static Operand<TInt32> variant(Ops tf, Operand<TFloat32> which, Operand<TFloat32> sign) {
    float count = Operation.values().length;
    Operand<TInt32> number = tf.dtypes.cast(tf.math.mul(which, tf.constant(count)), TInt32.class);
    Operand<TInt32> negative = tf.dtypes.cast(BatchGraph.randomBoolean(tf, sign), TInt32.class);
    return tf.math.add(number, tf.math.mul(negative, tf.constant((int) count)));
  }

  /**
   * Applies one operation to each image.
   *
   * @param variants of {@link RandAugmentTables}, (n)
   */
  private Operand<TUint8> apply(Operand<TUint8> images, Operand<TInt32> variants) {
    Operand<TUint8> moved =
        tf.image.imageProjectiveTransformV3(
            images,
            rowsOf(tables.transforms(), 8, variants),
            tf.constant(new int[] {height, width}),
            tf.constant(0f),
            "NEAREST");
    return blended(mappedByTables(moved, variants), variants);
  }

  /** One row of a table with a row for each variant, for each image. */
  private Operand<TFloat32> rowsOf(float[] table, int columns, Operand<TInt32> variants) {
    Operand<TFloat32> rows = tf.reshape(tf.constant(table), tf.constant(new int[] {-1, columns}));
    return tf.gather(rows, variants, tf.constant(0));
  }

  private Operand<TFloat32> grey(Operand<TFloat32> images) {
    Operand<TFloat32> weighted =
        tf.math.mul(images, tf.constant(new float[] {0.2989f, 0.587f, 0.114f}));
    // torchvision keeps integers, which are cut off.
    return tf.math.floor(tf.sum(weighted, tf.constant(3), Sum.keepDims(true)));
  }

  /** Each value replaced by that of its image's and channel's table. */
  private Operand<TUint8> mappedByTables(Operand<TUint8> images, Operand<TInt32> variants) {
    Operand<TInt32> values = tf.dtypes.cast(images, TInt32.class);
    Operand<TFloat32> floats = tf.dtypes.cast(images, TFloat32.class);
    Operand<TInt32> places = tf.constant(new int[] {1, 2});
    Operand<TFloat32> least = tf.min(floats, places);
    Operand<TFloat32> most = tf.max(floats, places);
    Operand<TFloat32> range = tf.math.sub(most, least);
    Operand<TBool> flat = tf.math.equal(range, tf.constant(0f));
    Operand<TFloat32> stretch =
        tf.select(
            flat,
            tf.onesLike(range),
            tf.math.div(tf.constant(255f), tf.math.maximum(range, tf.constant(1f))));
    Operand<TFloat32> start = tf.select(flat, tf.zerosLike(least), least);
    Operand<TFloat32> mean = tf.math.mean(grey(floats), tf.constant(new int[] {1, 2}));

    // (value − zero) · factor + offset, n×3×1 each; stretches: 1 for autocontrast, else 0.
    Operand<TFloat32> stretches = third(rowsOf(tables.stretches(), 1, variants));
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), stretches);
    Operand<TFloat32> zero = tf.math.mul(third(start), stretches);
    Operand<TFloat32> factor =
        tf.math.add(
            tf.math.mul(third(stretch), stretches),
            tf.math.mul(third(rowsOf(tables.factors(), 1, variants)), rest));
    Operand<TFloat32> offset =
        tf.math.mul(third(rowsOf(tables.contrastRests(), 1, variants)), third(mean));
    Operand<TFloat32> value = tf.expandDims(rowsOf(tables.values(), 256, variants), tf.constant(1));
    Operand<TFloat32> affine =
        clipped(tf.math.add(tf.math.mul(tf.math.sub(value, zero), factor), offset));

    Operand<TInt32> ids = ids(values);
    Operand<TFloat32> equalized = equalized(ids, tf.dtypes.cast(most, TInt32.class));
    Operand<TFloat32> equalizes = third(rowsOf(tables.equalizes(), 1, variants));
    Operand<TFloat32> table =
        tf.select(tf.math.greater(equalizes, tf.constant(0f)), equalized, affine);
    Operand<TUint8> flatTable =
        tf.dtypes.cast(tf.reshape(table, tf.constant(new int[] {-1})), TUint8.class);
    return tf.gather(flatTable, ids, tf.constant(0));
  }

  private Operand<TFloat32> third(Operand<TFloat32> rows) {
    return tf.expandDims(rows, tf.constant(2));
  }

  private Operand<TFloat32> clipped(Operand<TFloat32> values) {
    return tf.math.floor(tf.clipByValue(values, tf.constant(0f), tf.constant(255f)));
  }

  /** The place of each value in the tables of all images and channels, n×height×width×3. */
  private Operand<TInt32> ids(Operand<TInt32> values) {
    Operand<TInt32> count = tf.gather(tf.shape(values), tf.constant(0), tf.constant(0));
    Operand<TInt32> image = tf.range(tf.constant(0), count, tf.constant(1));
    Operand<TInt32> first =
        tf.reshape(tf.math.mul(image, tf.constant(3 * 256)), tf.constant(new int[] {-1, 1, 1, 1}));
    return tf.math.add(values, tf.math.add(first, tf.constant(new int[] {0, 256, 512})));
  }

  /**
   * The tables that equalize the histograms, n×3×256.
   *
   * @param most the greatest value of each channel, n×3
   */
  private Operand<TFloat32> equalized(Operand<TInt32> ids, Operand<TInt32> most) {
    Operand<TInt32> channels = tf.size(most);
    Operand<TInt32> ones = tf.onesLike(ids);
    Operand<TInt32> counts =
        tf.math.unsortedSegmentSum(ones, ids, tf.math.mul(channels, tf.constant(256)));
    Operand<TInt32> histogram = tf.reshape(counts, tf.constant(new int[] {-1, 3, 256}));
    Operand<TInt32> greatest =
        tf.sum(
            tf.math.mul(
                histogram, tf.oneHot(most, tf.constant(256), tf.constant(1), tf.constant(0))),
            tf.constant(2),
            Sum.keepDims(true));
    Operand<TInt32> step =
        tf.math.floorDiv(tf.math.sub(tf.constant(height * width), greatest), tf.constant(255));
    Operand<TInt32> below = tf.math.cumsum(histogram, tf.constant(2), Cumsum.exclusive(true));
    Operand<TInt32> safe = tf.math.maximum(step, tf.constant(1));
    Operand<TInt32> ranks =
        tf.math.floorDiv(tf.math.add(below, tf.math.floorDiv(safe, tf.constant(2))), safe);
    Operand<TFloat32> table = clipped(tf.dtypes.cast(ranks, TFloat32.class));
    Operand<TFloat32> same =
        tf.reshape(tf.constant(RandAugmentTables.identity()), tf.constant(new int[] {1, 1, 256}));
    return tf.select(tf.math.equal(step, tf.constant(0)), same, table);
  }

  /** Each image blended with its grey or smoothed form. */
  private Operand<TUint8> blended(Operand<TUint8> images, Operand<TInt32> variants) {
    Operand<TFloat32> floats = tf.dtypes.cast(images, TFloat32.class);
    Operand<TFloat32> factor = fourth(rowsOf(tables.blends(), 1, variants));
    Operand<TBool> sharpens =
        tf.math.greater(fourth(rowsOf(tables.sharpens(), 1, variants)), tf.constant(0f));
    Operand<TFloat32> degenerate = tf.select(sharpens, smoothed(floats), grey(floats));
    Operand<TFloat32> sum =
        tf.math.add(
            tf.math.mul(floats, factor),
            tf.math.mul(degenerate, fourth(rowsOf(tables.blendRests(), 1, variants))));
    return tf.dtypes.cast(clipped(sum), TUint8.class);
  }

  private Operand<TFloat32> fourth(Operand<TFloat32> column) {
    return tf.reshape(column, tf.constant(new int[] {-1, 1, 1, 1}));
  }

  /** The mean of nine pixels with five times the middle one; pixels at the border stay. */
  private Operand<TFloat32> smoothed(Operand<TFloat32> images) {
    if (height < 3 || width < 3) {
      return images;
    }
    float[] kernel = new float[9 * 3];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (i / 3 == 4 ? 5f : 1f) / 13f;
    }
    Operand<TFloat32> inner =
        tf.math.rint(
            tf.nn.depthwiseConv2dNative(
                images,
                tf.reshape(tf.constant(kernel), tf.constant(Shape.of(3, 3, 3, 1))),
                List.of(1L, 1L, 1L, 1L),
                "VALID"));
    Operand<TFloat32> padded =
        tf.pad(inner, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), tf.constant(0f));
    Operand<TFloat32> inside =
        tf.pad(
            tf.fill(tf.constant(new int[] {1, height - 2, width - 2, 1}), tf.constant(1f)),
            tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}),
            tf.constant(0f));
    return tf.select(tf.math.greater(inside, tf.constant(0f)), padded, images);
  }
}
