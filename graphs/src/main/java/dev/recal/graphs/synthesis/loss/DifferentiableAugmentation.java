package dev.recal.graphs.synthesis.loss;

import dev.recal.ops.Products;
import dev.recal.ops.Shapes;
import dev.recal.ops.gradient.CompositeGradient;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Differentiable random changes of colour and position: every image of a batch gets its own
 * brightness, saturation, contrast and translation, in this order.
 *
 * <p>Zhao, Liu, Lin, Zhu, Han 2020, "Differentiable Augmentation for Data-Efficient GAN Training"
 * (arXiv 2006.10738), the policy {@code color,translation}; official code: github
 * mit-han-lab/data-efficient-gans. With x an image in −1..1, m its mean over the channels of a
 * pixel and μ over the whole image:
 *
 * <ul>
 *   <li>brightness: x + U(−b, b);
 *   <li>saturation: (x − m)·U(1 − s, 1 + s) + m;
 *   <li>contrast: (x − μ)·U(1 − c, 1 + c) + μ;
 *   <li>translation: by up to round(t·size) pixels along each axis, filled with zeros (grey).
 * </ul>
 *
 * <p>The three changes of colour are combined: each pixel is multiplied by a 3×3 matrix, plus a
 * number, both per image. The gradient of a translation is the reverse translation.
 *
 * @param brightness b, at least 0
 * @param saturation s, at least 0
 * @param contrast c, at least 0
 * @param translation t, the share of the size, from 0 to 1
 */
public record DifferentiableAugmentation(
    double brightness, double saturation, double contrast, double translation) {

  private static final int CHANNELS = 3;

  /** Rejects negative strengths and translations beyond the image. */
  public DifferentiableAugmentation {
    require("brightness", brightness);
    require("saturation", saturation);
    require("contrast", contrast);
    require("translation", translation);
    if (translation > 1) {
      throw new IllegalArgumentException(
          "translation: expected at most 1, but got " + translation + ".");
    }
  }

  /** Brightness ±0.5, saturation and contrast as published, an eighth of the size. */
  public static DifferentiableAugmentation defaults() {
    return new DifferentiableAugmentation(0.5, 1, 0.5, 0.125);
  }

  /** No changes. */
  public static DifferentiableAugmentation none() {
    return new DifferentiableAugmentation(0, 0, 0, 0);
  }

  /**
   * Adds the operations.
   *
   * @param images (N, S, S, 3) in −1..1
   * @param seed (2), of this call only
   * @return (N, S, S, 3); colours may leave −1..1
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> images, Operand<TInt64> seed) {
    int size = Shapes.height(images);
    Operand<TInt32> count = tf.gather(tf.shape(images), tf.constant(0), tf.constant(0));
    // Otherwise gradients would be requested through the images' shape.
    Operand<TFloat32> draws =
        tf.stopGradient(
            tf.random.statelessRandomUniform(
                tf.stack(List.of(tf.constant(5), count)), seed, TFloat32.class));
    return translate(tf, colour(tf, images, draws, size), draws, count, size);
  }

  private Operand<TFloat32> colour(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> draws, int size) {
    if (brightness == 0 && saturation == 0 && contrast == 0) {
      return images;
    }
    Operand<TFloat32> bright = span(tf, draws, 0, -brightness, brightness);
    Operand<TFloat32> saturate = span(tf, draws, 1, 1 - saturation, 1 + saturation);
    Operand<TFloat32> stretch = span(tf, draws, 2, 1 - contrast, 1 + contrast);
    Operand<TFloat32> pixels =
        tf.reshape(images, tf.constant(new int[] {-1, size * size, CHANNELS}));
    // c·s·I + c·(1 − s)/3 in every cell: what saturation and contrast do to a pixel.
    Operand<TFloat32> diagonal =
        tf.math.mul(
            cells(tf, tf.math.mul(saturate, stretch)),
            tf.constant(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}));
    Operand<TFloat32> rest = tf.math.mul(stretch, tf.math.sub(tf.constant(1f), saturate));
    Operand<TFloat32> matrix =
        tf.math.add(diagonal, tf.math.mul(cells(tf, rest), tf.constant(1f / CHANNELS)));
    // The remaining part of the mean after contrast: (1 − c)·μ + b.
    Operand<TFloat32> mean =
        tf.math.mean(
            tf.reshape(images, tf.constant(new int[] {-1, size * size * CHANNELS})),
            tf.constant(new int[] {1}));
    Operand<TFloat32> offset =
        tf.math.add(tf.math.mul(tf.math.sub(tf.constant(1f), stretch), mean), bright);
    Operand<TFloat32> changed =
        tf.math.add(Products.batched(tf, pixels, matrix), cells(tf, offset));
    return tf.reshape(changed, tf.constant(new int[] {-1, size, size, CHANNELS}));
  }

  // One number per image, from low to high.
  private static Operand<TFloat32> span(
      Ops tf, Operand<TFloat32> draws, int row, double low, double high) {
    Operand<TFloat32> uniform = tf.gather(draws, tf.constant(row), tf.constant(0));
    return tf.math.add(
        tf.math.mul(uniform, tf.constant((float) (high - low))), tf.constant((float) low));
  }

  private static Operand<TFloat32> cells(Ops tf, Operand<TFloat32> numbers) {
    return tf.reshape(numbers, tf.constant(new int[] {-1, 1, 1}));
  }

  private Operand<TFloat32> translate(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> draws, Operand<TInt32> count, int size) {
    int most = (int) (size * translation + 0.5);
    if (most == 0) {
      return images;
    }
    Operand<TInt32> down = shift(tf, draws, 3, most);
    Operand<TInt32> right = shift(tf, draws, 4, most);
    Operand<TFloat32> moved = moved(tf, images, down, right, count, size);
    // The backward pass gets operands only through the call, which cannot save integers.
    Operand<TFloat32> place = tf.dtypes.cast(tf.stack(List.of(down, right)), TFloat32.class);
    return CompositeGradient.define(
        tf,
        moved,
        List.of(images),
        List.of(place),
        (ops, call) -> {
          Operand<TInt32> back = ops.math.neg(ops.dtypes.cast(call.saved(0), TInt32.class));
          Operand<TFloat32> gradient = call.outputGradient();
          Operand<TInt32> number =
              ops.gather(ops.shape(gradient), ops.constant(0), ops.constant(0));
          return List.of(
              moved(
                  ops,
                  gradient,
                  ops.gather(back, ops.constant(0), ops.constant(0)),
                  ops.gather(back, ops.constant(1), ops.constant(0)),
                  number,
                  size));
        });
  }

  // Whole pixels from −most to most, each as probable.
  private static Operand<TInt32> shift(Ops tf, Operand<TFloat32> draws, int row, int most) {
    Operand<TFloat32> uniform = tf.gather(draws, tf.constant(row), tf.constant(0));
    Operand<TInt32> steps =
        tf.dtypes.cast(tf.math.mul(uniform, tf.constant(2f * most + 1)), TInt32.class);
    return tf.math.sub(tf.math.minimum(steps, tf.constant(2 * most)), tf.constant(most));
  }

  // Each pixel is gathered by its index; indices outside read the zero pixel at the front.
  private static Operand<TFloat32> moved(
      Ops tf,
      Operand<TFloat32> images,
      Operand<TInt32> down,
      Operand<TInt32> right,
      Operand<TInt32> count,
      int size) {
    Operand<TInt32> range = tf.range(tf.constant(0), tf.constant(size), tf.constant(1));
    Operand<TInt32> y = tf.math.sub(range, tf.expandDims(down, tf.constant(1)));
    Operand<TInt32> x = tf.math.sub(range, tf.expandDims(right, tf.constant(1)));
    Operand<TInt32> image =
        tf.math.mul(tf.range(tf.constant(0), count, tf.constant(1)), tf.constant(size * size));
    Operand<TInt32> line =
        tf.math.add(tf.expandDims(image, tf.constant(1)), tf.math.mul(y, tf.constant(size)));
    Operand<TInt32> place =
        tf.math.add(
            tf.math.add(tf.expandDims(line, tf.constant(2)), tf.expandDims(x, tf.constant(1))),
            tf.constant(1));
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.expandDims(inside(tf, y, size), tf.constant(2)),
            tf.expandDims(inside(tf, x, size), tf.constant(1)));
    Operand<TInt32> index = tf.select(inside, place, tf.constant(0));
    Operand<TFloat32> pixels = tf.reshape(images, tf.constant(new int[] {-1, CHANNELS}));
    Operand<TFloat32> behindZero =
        tf.concat(List.of(tf.constant(new float[1][CHANNELS]), pixels), tf.constant(0));
    return tf.gather(behindZero, index, tf.constant(0));
  }

  private static Operand<TBool> inside(Ops tf, Operand<TInt32> coordinate, int size) {
    return tf.math.logicalAnd(
        tf.math.greaterEqual(coordinate, tf.constant(0)),
        tf.math.less(coordinate, tf.constant(size)));
  }

  private static void require(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + ": expected at least 0, but got " + value + ".");
    }
  }
}
