package dev.recal.ops.dynamic;

import dev.recal.ops.conv.Window;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The positions of the taps of each output pixel of a square window, as rows of the padded map in
 * matrix form (pixels, C).
 *
 * <p>Patches are gathered by these rows, in any order. Gathering copies each patch once, has a
 * gradient ({@code ExtractImagePatches} has none) and was three times as fast on the CPU.
 *
 * @param pixels (N·Hp·Wp, C): the padded map
 * @param bases (N·P): the row of the first tap of each output pixel, P = H'·W'
 * @param taps (k²): the offset of each tap
 * @param images scalar, N
 * @param height scalar, H'
 * @param width scalar, W'
 * @param channels C
 * @param kernel k
 * @param pointwise whether every patch is the pixel itself, in order
 */
record PatchGrid(
    Operand<TFloat32> pixels,
    Operand<TInt32> bases,
    Operand<TInt32> taps,
    Operand<TInt32> images,
    Operand<TInt32> height,
    Operand<TInt32> width,
    int channels,
    int kernel,
    boolean pointwise) {

  /**
   * Places a window over a map.
   *
   * @param x (N, H, W, C)
   * @param shape its static shape; passed in, because a backward pass must not query it
   * @param window square, not SAME with a stride
   */
  static PatchGrid of(Ops tf, Operand<TFloat32> x, Shape shape, Window window) {
    int kernel = window.height();
    int stride = window.stride();
    int dilation = window.dilation();
    int[] border = window.padding().along(kernel, stride, dilation);
    Operand<TFloat32> padded = x;
    if (border[0] + border[1] > 0) {
      int[] none = {0, 0};
      padded = tf.pad(x, tf.constant(new int[][] {none, border, border, none}), tf.constant(0f));
    }
    int lost = dilation * (kernel - 1) - border[0] - border[1];
    Operand<TInt32> run = tf.shape(x);
    Operand<TInt32> images = size(tf, run, shape, 0);
    Operand<TInt32> rows = size(tf, run, shape, 1);
    Operand<TInt32> columns = size(tf, run, shape, 2);
    Operand<TInt32> paddedRows = tf.math.add(rows, tf.constant(border[0] + border[1]));
    Operand<TInt32> paddedColumns = tf.math.add(columns, tf.constant(border[0] + border[1]));
    Operand<TInt32> height = results(tf, rows, lost, stride);
    Operand<TInt32> width = results(tf, columns, lost, stride);
    Operand<TInt32> perRow = tf.math.mul(paddedColumns, tf.constant(stride));
    Operand<TInt32> perImage = tf.math.mul(paddedRows, paddedColumns);
    Operand<TInt32> bases =
        tf.math.add(
            tf.math.add(
                tf.reshape(multiples(tf, images, perImage), tf.constant(new int[] {-1, 1, 1})),
                tf.reshape(multiples(tf, height, perRow), tf.constant(new int[] {-1, 1}))),
            multiples(tf, width, tf.constant(stride)));
    int channels = Math.toIntExact(shape.get(3));
    return new PatchGrid(
        tf.reshape(padded, tf.constant(new int[] {-1, channels})),
        tf.reshape(bases, tf.constant(new int[] {-1})),
        taps(tf, paddedColumns, kernel, dilation),
        images,
        height,
        width,
        channels,
        kernel,
        kernel == 1 && stride == 1 && border[0] + border[1] == 0);
  }

  /** Returns H' or W' of a window on a map of a known size. */
  static int results(int size, Window window) {
    int kernel = window.height();
    int[] border = window.padding().along(kernel, window.stride(), window.dilation());
    int reach = window.dilation() * (kernel - 1);
    return Math.floorDiv(size + border[0] + border[1] - reach - 1, window.stride()) + 1;
  }

  /** Returns scalar P, the number of output pixels of an image. */
  Operand<TInt32> perImage(Ops tf) {
    return tf.math.mul(height, width);
  }

  /** Returns (2), H' and W'. */
  Operand<TInt32> size(Ops tf) {
    return tf.stack(List.of(height, width));
  }

  /**
   * Returns the run-time shape (N, H', W', O); a constant where at most one size is unknown.
   *
   * @param result its static form
   */
  Operand<TInt32> shape(Ops tf, Shape result) {
    long unknown =
        Arrays.stream(result.asArray()).filter(size -> size == Shape.UNKNOWN_SIZE).count();
    if (unknown <= 1) {
      return tf.constant(Arrays.stream(result.asArray()).mapToInt(Math::toIntExact).toArray());
    }
    return tf.stack(List.of(images, height, width, tf.constant(Math.toIntExact(result.get(3)))));
  }

  /** Returns k², the number of taps. */
  int area() {
    return kernel * kernel;
  }

  /** Returns k²·C, the values of a patch. */
  int depth() {
    return area() * channels;
  }

  /**
   * Gathers patches.
   *
   * @param firstTaps (rows): some of {@link #bases}, in any order
   * @return (rows, k², C)
   */
  Operand<TFloat32> patches(Ops tf, Operand<TInt32> firstTaps) {
    Operand<TInt32> rows = tf.math.add(tf.expandDims(firstTaps, tf.constant(1)), taps);
    return tf.gather(pixels, rows, tf.constant(0));
  }

  /**
   * Adds patches to the places that they were gathered from.
   *
   * @param map (N·Hp·Wp, C)
   * @param firstTaps (rows): some of {@link #bases}
   * @param patches (rows · k² · C), in any shape
   */
  Operand<TFloat32> addPatches(
      Ops tf, Operand<TFloat32> map, Operand<TInt32> firstTaps, Operand<TFloat32> patches) {
    Operand<TInt32> rows = tf.math.add(tf.expandDims(firstTaps, tf.constant(1)), taps);
    return tf.tensorScatterNdAdd(
        map,
        tf.reshape(rows, tf.constant(new int[] {-1, 1})),
        tf.reshape(patches, tf.constant(new int[] {-1, channels})));
  }

  /**
   * Returns the sum of patches at the places that they were gathered from, and 0 elsewhere: faster
   * than {@link #addPatches} where most places get a value, since TensorFlow computes it in several
   * threads.
   *
   * @param firstTaps (rows): some of {@link #bases}
   * @param patches (rows · k² · C), in any shape
   * @return (N·Hp·Wp, C)
   */
  Operand<TFloat32> sumOfPatches(Ops tf, Operand<TInt32> firstTaps, Operand<TFloat32> patches) {
    Operand<TInt32> rows = tf.math.add(tf.expandDims(firstTaps, tf.constant(1)), taps);
    return tf.math.unsortedSegmentSum(
        tf.reshape(patches, tf.constant(new int[] {-1, channels})),
        tf.reshape(rows, tf.constant(new int[] {-1})),
        tf.gather(tf.shape(pixels), tf.constant(0), tf.constant(0)));
  }

  /**
   * Returns the part of a padded map in matrix form that x is.
   *
   * @param map (N·Hp·Wp, C)
   * @param x (N, H, W, C)
   */
  static Operand<TFloat32> unpadded(
      Ops tf, Operand<TFloat32> map, Operand<TFloat32> x, Window window) {
    int[] border = window.padding().along(window.height(), window.stride(), window.dilation());
    Operand<TInt32> size = tf.shape(x);
    if (border[0] + border[1] == 0) {
      return tf.reshape(map, size);
    }
    int around = border[0] + border[1];
    Operand<TInt32> padded = tf.math.add(size, tf.constant(new int[] {0, around, around, 0}));
    return tf.slice(
        tf.reshape(map, padded), tf.constant(new int[] {0, border[0], border[0], 0}), size);
  }

  /** Returns the patches of all output pixels in their order, (N, P, k²·C). */
  Operand<TFloat32> all(Ops tf) {
    Operand<TFloat32> rows = pointwise ? pixels : patches(tf, bases);
    return tf.reshape(rows, tf.stack(List.of(images, perImage(tf), tf.constant(depth()))));
  }

  private static Operand<TInt32> taps(
      Ops tf, Operand<TInt32> paddedColumns, int kernel, int dilation) {
    int[] down = new int[kernel * kernel];
    int[] right = new int[kernel * kernel];
    for (int i = 0; i < down.length; i++) {
      down[i] = i / kernel * dilation;
      right[i] = i % kernel * dilation;
    }
    return tf.math.add(tf.math.mul(tf.constant(down), paddedColumns), tf.constant(right));
  }

  private static Operand<TInt32> results(Ops tf, Operand<TInt32> size, int lost, int stride) {
    Operand<TInt32> steps =
        tf.math.floorDiv(tf.math.sub(size, tf.constant(lost + 1)), tf.constant(stride));
    return tf.math.add(steps, tf.constant(1));
  }

  private static Operand<TInt32> multiples(Ops tf, Operand<TInt32> count, Operand<TInt32> step) {
    return tf.math.mul(tf.range(tf.constant(0), count, tf.constant(1)), step);
  }

  // A constant if it is known, so that most of the arithmetic can be folded.
  private static Operand<TInt32> size(Ops tf, Operand<TInt32> run, Shape shape, int dimension) {
    long known = shape.get(dimension);
    if (known != Shape.UNKNOWN_SIZE) {
      return tf.constant(Math.toIntExact(known));
    }
    return tf.stridedSlice(
        run,
        tf.constant(new int[] {dimension}),
        tf.constant(new int[] {dimension + 1}),
        tf.constant(new int[] {1}),
        StridedSlice.shrinkAxisMask(1L));
  }
}
