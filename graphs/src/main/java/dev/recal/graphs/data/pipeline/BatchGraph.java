package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.Pixels;
import dev.recal.graphs.data.items.Preparation;
import dev.recal.ops.image.Placement;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.IntNdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Ops on whole batches: cropping out of memory, and changes of colour. */
final class BatchGraph {
  /** The number of random numbers per image; see the COLUMN constants. */
  static final int COLUMNS = 8;

  static final int COLUMN_Y = 0;
  private static final int COLUMN_X = 1;
  static final int COLUMN_FLIP = 2;
  private static final int COLUMN_BRIGHTNESS = 3;
  private static final int COLUMN_CONTRAST = 4;
  private static final int COLUMN_SATURATION = 5;
  static final int COLUMN_SCALE = 6;

  /** The weights of the channels in grey, as in Pillow and torchvision (ITU-R 601-2). */
  private static final float[][] GREY = {
    {0.299f, 0.299f, 0.299f}, {0.587f, 0.587f, 0.587f}, {0.114f, 0.114f, 0.114f}
  };

  private BatchGraph() {}

  /**
   * Pads, crops and mirrors in one pass: each pixel of the result is gathered by its index, and
   * indices beyond an image's border read a zero.
   *
   * @param store (1 + m)×height×width×3, the first image all zeros
   * @param rows for each of n results, its image in the store, the zeros not counted
   * @param random n×{@link #COLUMNS}
   * @return n×height×width×3
   */
  static Operand<TUint8> padCropFlip(
      Ops tf,
      Operand<TUint8> store,
      Operand<TInt32> rows,
      Operand<TFloat32> random,
      Augmentation.PadCropFlip crop,
      Preparation size) {
    int height = size.height();
    int width = size.width();
    Operand<TInt32> y =
        tf.math.add(
            offset(tf, random, COLUMN_Y, crop.padding()),
            tf.constant(range(1, height, Shape.of(1, height))));
    Operand<TInt32> column = tf.constant(range(1, width, Shape.of(1, width)));
    if (crop.flip()) {
      Operand<TInt32> mirrored = tf.constant(range(-1, width, Shape.of(1, width)));
      column =
          tf.select(
              tf.expandDims(
                  randomBoolean(tf, RandomRows.column(tf, random, COLUMN_FLIP)), tf.constant(1)),
              mirrored,
              column);
    }
    Operand<TInt32> x = tf.math.add(offset(tf, random, COLUMN_X, crop.padding()), column);
    Operand<TInt32> image = tf.math.add(rows, tf.constant(1));
    Operand<TInt32> base =
        tf.expandDims(tf.math.mul(image, tf.constant(height * width)), tf.constant(1));
    Operand<TInt32> line =
        tf.math.add(base, inBoundsOrOutside(tf, y, height, tf.math.mul(y, tf.constant(width))));
    Operand<TInt32> place = inBoundsOrOutside(tf, x, width, x);
    Operand<TInt32> index =
        tf.math.maximum(
            tf.math.add(tf.expandDims(line, tf.constant(2)), tf.expandDims(place, tf.constant(1))),
            tf.constant(0));
    Operand<TUint8> pixels = tf.reshape(store, tf.constant(new int[] {-1, 3}));
    return tf.gather(pixels, index, tf.constant(0));
  }

  /**
   * The placement of an image after {@link #padCropFlip}.
   *
   * @param random its random numbers, 1×{@link #COLUMNS}
   * @param width of the image in pixels
   */
  static Placement padCropFlipPlacement(
      Ops tf, Operand<TFloat32> random, Augmentation.PadCropFlip crop, int width) {
    Operand<TInt32> corner =
        tf.concat(
            List.of(
                offset(tf, random, COLUMN_Y, crop.padding()),
                offset(tf, random, COLUMN_X, crop.padding())),
            tf.constant(1));
    Operand<TFloat32> translation =
        tf.math.neg(tf.dtypes.cast(tf.reshape(corner, tf.constant(new int[] {2})), TFloat32.class));
    Placement cut = new Placement(tf.constant(new float[] {1, 1}), translation);
    return crop.flip()
        ? cut.then(
            tf, mirroring(tf, randomBoolean(tf, RandomRows.column(tf, random, COLUMN_FLIP)), width))
        : cut;
  }

  /**
   * Mirrors left and right, or leaves as it is.
   *
   * @param mirror whether, one value of any shape
   * @param width in pixels
   */
  static Placement mirroring(Ops tf, Operand<TBool> mirror, int width) {
    return mirroring(tf, mirror, tf.constant((float) width));
  }

  /** The same for a width that is computed, a scalar. */
  static Placement mirroring(Ops tf, Operand<TBool> mirror, Operand<TFloat32> width) {
    Operand<TBool> condition = tf.reshape(mirror, tf.constant(new int[] {1}));
    return new Placement(
        tf.select(condition, tf.constant(new float[] {1, -1}), tf.constant(new float[] {1, 1})),
        tf.select(
            condition, tf.stack(List.of(tf.constant(0f), width)), tf.constant(new float[] {0, 0})));
  }

  /** The start of a crop in unpadded pixels: −padding … padding, n×1. */
  private static Operand<TInt32> offset(Ops tf, Operand<TFloat32> random, int column, int padding) {
    Operand<TFloat32> steps =
        tf.math.mul(RandomRows.column(tf, random, column), tf.constant(2f * padding + 1));
    Operand<TInt32> offset = tf.math.sub(tf.dtypes.cast(steps, TInt32.class), tf.constant(padding));
    return tf.expandDims(offset, tf.constant(1));
  }

  /** The values, or {@link Pixels#OUTSIDE} for coordinates outside the image. */
  private static Operand<TInt32> inBoundsOrOutside(
      Ops tf, Operand<TInt32> coordinate, int size, Operand<TInt32> values) {
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(coordinate, tf.constant(0)),
            tf.math.less(coordinate, tf.constant(size)));
    return tf.select(inside, values, tf.constant(Pixels.OUTSIDE));
  }

  private static IntNdArray range(int step, int count, Shape shape) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = step > 0 ? i : count - 1 - i;
    }
    return NdArrays.wrap(shape, DataBuffers.of(values));
  }

  /** True for half of the numbers in [0, 1). */
  static Operand<TBool> randomBoolean(Ops tf, Operand<TFloat32> uniform) {
    return tf.math.less(uniform, tf.constant(0.5f));
  }

  /**
   * Brightness, contrast and saturation, with separate factors for each image.
   *
   * @param images n×height×width×3 in 0–1
   * @param random n×{@link #COLUMNS}
   * @param sizes height and width of each image without padding, n×2, which stays zero; empty if
   *     images have none
   */
  static Operand<TFloat32> jitter(
      Ops tf,
      Operand<TFloat32> images,
      Operand<TFloat32> random,
      ColourJitter jitter,
      Optional<Operand<TInt32>> sizes) {
    // Rows of one image each and plain matrix products: broadcasting over three channels is slow.
    Operand<TInt32> shape = tf.shape(images);
    Operand<TInt32> count = tf.gather(shape, tf.constant(0), tf.constant(0));
    Operand<TInt32> rows = tf.stack(List.of(count, tf.constant(-1)));
    Operand<TFloat32> result = tf.reshape(images, rows);
    if (jitter.brightness() > 0) {
      Operand<TFloat32> factor = factor(tf, random, COLUMN_BRIGHTNESS, jitter.brightness());
      result = clip(tf, tf.math.mul(result, factor));
    }
    if (jitter.contrast() > 0) {
      Operand<TFloat32> factor = factor(tf, random, COLUMN_CONTRAST, jitter.contrast());
      Operand<TFloat32> mean =
          tf.math.mean(grey(tf, result, rows), tf.constant(new int[] {1}), Mean.keepDims(true));
      if (sizes.isEmpty()) {
        result = blend(tf, result, mean, factor);
      } else {
        Operand<TFloat32> inside = tf.reshape(inside(tf, shape, sizes.get()), rows);
        Operand<TFloat32> share =
            tf.math.mean(inside, tf.constant(new int[] {1}), Mean.keepDims(true));
        Operand<TFloat32> blended = blend(tf, result, tf.math.divNoNan(mean, share), factor);
        result = tf.math.mul(blended, inside);
      }
    }
    if (jitter.saturation() > 0) {
      Operand<TFloat32> factor = factor(tf, random, COLUMN_SATURATION, jitter.saturation());
      result = blend(tf, result, grey(tf, result, rows), factor);
    }
    return tf.reshape(result, shape);
  }

  /** 1 where images are and 0 where padding is, on each of three channels. */
  private static Operand<TFloat32> inside(Ops tf, Operand<TInt32> shape, Operand<TInt32> sizes) {
    Operand<TFloat32> lines = tf.expandDims(below(tf, shape, sizes, 0), tf.constant(2));
    Operand<TFloat32> columns = tf.expandDims(below(tf, shape, sizes, 1), tf.constant(1));
    Operand<TFloat32> pixels =
        tf.reshape(tf.math.mul(lines, columns), tf.constant(new int[] {-1, 1}));
    return tf.linalg.matMul(pixels, tf.constant(new float[][] {{1, 1, 1}}));
  }

  /** Whether each line (axis 0) or column (axis 1) lies within each image, n×lines or columns. */
  private static Operand<TFloat32> below(
      Ops tf, Operand<TInt32> shape, Operand<TInt32> sizes, int axis) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> places = tf.range(zero, tf.gather(shape, tf.constant(axis + 1), zero), one);
    Operand<TInt32> ends = tf.expandDims(tf.gather(sizes, tf.constant(axis), one), one);
    return tf.dtypes.cast(tf.math.less(tf.expandDims(places, zero), ends), TFloat32.class);
  }

  private static Operand<TFloat32> factor(
      Ops tf, Operand<TFloat32> random, int column, double strength) {
    float least = (float) Math.max(0, 1 - strength);
    float span = (float) (1 + strength) - least;
    Operand<TFloat32> factor =
        tf.math.add(
            tf.math.mul(RandomRows.column(tf, random, column), tf.constant(span)),
            tf.constant(least));
    return tf.expandDims(factor, tf.constant(1));
  }

  /** Each pixel's grey, on all three of its channels. */
  private static Operand<TFloat32> grey(Ops tf, Operand<TFloat32> images, Operand<TInt32> rows) {
    Operand<TFloat32> pixels = tf.reshape(images, tf.constant(new int[] {-1, 3}));
    return tf.reshape(tf.linalg.matMul(pixels, tf.constant(GREY)), rows);
  }

  private static Operand<TFloat32> blend(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> other, Operand<TFloat32> factor) {
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), factor);
    return clip(tf, tf.math.add(tf.math.mul(images, factor), tf.math.mul(other, rest)));
  }

  private static Operand<TFloat32> clip(Ops tf, Operand<TFloat32> images) {
    return tf.clipByValue(images, tf.constant(0f), tf.constant(1f));
  }

  /** Prepends an image of zeros to a batch, as {@link #padCropFlip} requires. */
  static Operand<TUint8> withZeroImage(Ops tf, Operand<TUint8> images, Preparation size) {
    Operand<TUint8> zeros =
        tf.fill(
            tf.constant(new int[] {1, size.height(), size.width(), 3}),
            tf.dtypes.cast(tf.constant(0), TUint8.class));
    return tf.concat(List.of(zeros, images), tf.constant(0));
  }
}
