package dev.recal.ops.image;

import dev.recal.ops.Products;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Bicubic resizing with anti-aliasing on 8-bit values, as in MATLAB's {@code imresize} and in
 * SinGAN (Shaham, Dekel, Michaeli 2019, arXiv 1905.01164).
 *
 * <p>For a factor f the output pixel i lies at u = (i + ½) / f − ½ of the input, and has the
 * weights s · k(s · (u − j)), s = min(f, 1), divided by their sum; k is Keys' cubic kernel with a =
 * −½. So a smaller image averages over a kernel that is 1 / f times as wide. Beyond the border the
 * image is reflected, with its border pixels repeated. The weights of rows and of columns are two
 * matrices, so sizes and factor may be unknown until run time.
 *
 * <p>The input is truncated to 8 bit, the result is not. The released code computes 255 · x in
 * single precision, where the levels 1 to 63 come out just below themselves and are truncated to
 * the level below; here they keep their values.
 */
public final class CubicResize {

  private static final float LEVELS = 255f;
  // Rounding errors of a level's value are 1e-5 of a level.
  private static final float LEVEL_TOLERANCE = 1e-3f;

  private CubicResize() {}

  /**
   * Resizes images by a factor, and keeps the upper left part of a size.
   *
   * @param images in −1..1, (N, H, W, C), C known
   * @param factor by which pixels are enlarged, a positive scalar
   * @param size height and width of the result, (2); usually at most {@code factor} times the
   *     images' own, rounded up
   * @return (N, height, width, C) in −1..1
   */
  public static Operand<TFloat32> resize(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> factor, Operand<TInt32> size) {
    Operand<TInt32> shape = tf.shape(images);
    Operand<TInt32> batch = element(tf, shape, 0);
    Operand<TInt32> height = element(tf, shape, 1);
    Operand<TInt32> width = element(tf, shape, 2);
    Operand<TInt32> channels = element(tf, shape, 3);
    Operand<TInt32> rows = element(tf, size, 0);
    Operand<TInt32> columns = element(tf, size, 1);
    Operand<TInt32> any = tf.constant(-1);

    Operand<TFloat32> lines =
        tf.reshape(truncated(tf, images), tf.stack(List.of(batch, height, any)));
    Operand<TFloat32> high = product(tf, weights(tf, height, rows, factor), lines);
    Operand<TInt32> turned = tf.constant(new int[] {0, 2, 1, 3});
    Operand<TFloat32> wide =
        tf.linalg.transpose(
            tf.reshape(high, tf.stack(List.of(batch, rows, width, channels))), turned);
    Operand<TFloat32> resized =
        product(
            tf,
            weights(tf, width, columns, factor),
            tf.reshape(wide, tf.stack(List.of(batch, width, any))));
    Operand<TFloat32> upright =
        tf.linalg.transpose(
            tf.reshape(
                resized,
                tf.stack(List.of(batch, columns, rows, tf.constant((int) images.shape().get(3))))),
            turned);
    return tf.math.minimum(tf.math.maximum(upright, tf.constant(-1f)), tf.constant(1f));
  }

  /**
   * Resizes images by a factor to a size that is known.
   *
   * @param images in −1..1, (N, H, W, C), C known
   * @return (N, height, width, C) in −1..1, also statically
   */
  public static Operand<TFloat32> resize(
      Ops tf, Operand<TFloat32> images, double factor, int height, int width) {
    Operand<TFloat32> resized =
        resize(tf, images, tf.constant((float) factor), tf.constant(new int[] {height, width}));
    int batch = (int) images.shape().get(0);
    int channels = (int) images.shape().get(3);
    return tf.reshape(resized, tf.constant(new int[] {batch, height, width, channels}));
  }

  /** Returns images in −1..1 with values of 8 bit: the level below or equal. */
  public static Operand<TFloat32> truncated(Ops tf, Operand<TFloat32> images) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> clipped = tf.math.minimum(tf.math.maximum(images, tf.constant(-1f)), one);
    Operand<TFloat32> levels =
        tf.math.add(
            tf.math.mul(tf.math.add(clipped, one), tf.constant(LEVELS / 2)),
            tf.constant(LEVEL_TOLERANCE));
    return tf.math.sub(tf.math.mul(tf.math.floor(levels), tf.constant(2 / LEVELS)), one);
  }

  // (out, in). Few operations, since an exported pyramid has dozens of these.
  private static Operand<TFloat32> weights(
      Ops tf, Operand<TInt32> in, Operand<TInt32> out, Operand<TFloat32> factor) {
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> centres =
        tf.expandDims(
            tf.math.sub(tf.math.div(tf.math.add(range(tf, out), half), factor), half),
            tf.constant(1));
    // The image, and its reflections above and below.
    Operand<TFloat32> size = tf.dtypes.cast(in, TFloat32.class);
    Operand<TFloat32> pixels = range(tf, in);
    Operand<TFloat32> before = tf.math.sub(tf.math.neg(pixels), one);
    Operand<TFloat32> after = tf.math.add(tf.math.add(before, size), size);
    Operand<TFloat32> positions = tf.concat(List.of(pixels, before, after), tf.constant(0));
    Operand<TFloat32> sharpness = tf.math.minimum(factor, one);
    Operand<TFloat32> distances =
        tf.math.abs(tf.math.mul(tf.math.sub(centres, positions), sharpness));
    Operand<TInt32> third = tf.constant(1);
    Operand<TFloat32> sum =
        tf.reduceSum(
            tf.reshape(kernel(tf, distances, one), tf.stack(List.of(out, tf.constant(3), in))),
            third);
    Operand<TFloat32> whole = tf.reduceSum(sum, third, ReduceSum.keepDims(true));
    return tf.math.div(sum, whole);
  }

  // 1.5x³ − 2.5x² + 1 up to 1, −0.5x³ + 2.5x² − 4x + 2 up to 2, without comparisons: with r₁ =
  // relu(1 − x) and r₂ = relu(2 − x) both are r₂² (1 − x) / 2 + r₁² (2x − 1).
  private static Operand<TFloat32> kernel(Ops tf, Operand<TFloat32> x, Operand<TFloat32> one) {
    Operand<TFloat32> rest = tf.math.sub(one, x);
    Operand<TFloat32> near = tf.nn.relu(rest);
    Operand<TFloat32> far = tf.nn.relu(tf.math.add(rest, one));
    Operand<TFloat32> outer =
        tf.math.mul(tf.math.mul(tf.math.mul(far, far), rest), tf.constant(0.5f));
    Operand<TFloat32> inner = tf.math.mul(tf.math.mul(near, near), tf.math.sub(x, rest));
    return tf.math.add(outer, inner);
  }

  // (out, in) times every (in, M) of (N, in, M).
  private static Operand<TFloat32> product(
      Ops tf, Operand<TFloat32> matrix, Operand<TFloat32> maps) {
    return Products.batched(tf, tf.expandDims(matrix, tf.constant(0)), maps);
  }

  private static Operand<TFloat32> range(Ops tf, Operand<TInt32> count) {
    return tf.dtypes.cast(tf.range(tf.constant(0), count, tf.constant(1)), TFloat32.class);
  }

  private static Operand<TInt32> element(Ops tf, Operand<TInt32> vector, int index) {
    return tf.reshape(
        tf.slice(vector, tf.constant(new int[] {index}), tf.constant(new int[] {1})),
        tf.constant(new int[0]));
  }
}
