package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Seeds;
import dev.recal.ops.image.CubicResize;
import dev.recal.ops.pool.Resize;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * All scales of a trained pyramid one after the other, for images of any size. Images are in −1..1.
 *
 * @param pyramid with its variables
 */
record PyramidChain(PyramidGraph pyramid) {

  // As in Pyramid: sizes are rounded up, and a rounding error is not a pixel.
  private static final float TOLERANCE = 1e-3f;

  /**
   * What to generate; all are scalars.
   *
   * @param start the scale at which randomness begins
   */
  record Call(
      Operand<TInt64> seed,
      Operand<TInt32> count,
      Operand<TInt32> height,
      Operand<TInt32> width,
      Operand<TInt32> start) {}

  /** Height and width, scalars. */
  record Size(Operand<TInt32> height, Operand<TInt32> width) {

    static Size of(Ops tf, Operand<TFloat32> maps) {
      Operand<TInt32> shape = tf.shape(maps);
      return new Size(element(tf, shape, 1), element(tf, shape, 2));
    }

    /** Returns this size times a factor, rounded up. */
    Size times(Ops tf, Operand<TFloat32> factor) {
      return new Size(times(tf, height, factor), times(tf, width, factor));
    }

    private static Operand<TInt32> times(Ops tf, Operand<TInt32> size, Operand<TFloat32> factor) {
      Operand<TFloat32> exact = tf.math.mul(tf.dtypes.cast(size, TFloat32.class), factor);
      return tf.dtypes.cast(tf.math.ceil(tf.math.sub(exact, tf.constant(TOLERANCE))), TInt32.class);
    }

    Operand<TInt32> vector(Ops tf) {
      return tf.stack(List.of(height, width));
    }
  }

  static Operand<TInt32> element(Ops tf, Operand<TInt32> vector, int index) {
    return tf.reshape(
        tf.slice(vector, tf.constant(new int[] {index}), tf.constant(new int[] {1})),
        tf.constant(new int[0]));
  }

  /** Generates images of the size of the last noise map. */
  Operand<TFloat32> ofNoise(BuildContext tower, List<Operand<TFloat32>> noise) {
    Ops tf = tower.tf();
    Operand<TFloat32> images = nothing(tf, noise.get(0));
    for (int scale = 0; scale < noise.size(); scale++) {
      if (scale > 0) {
        images = enlarged(tf, images, Size.of(tf, noise.get(scale)));
      }
      images = pyramid.generate(tower, scale, noise.get(scale), images);
    }
    return images;
  }

  /** Generates images of a size by a seed. */
  Operand<TFloat32> generated(BuildContext tower, Call call) {
    Ops tf = tower.tf();
    Operand<TFloat32> images = null;
    Size whole = new Size(call.height(), call.width());
    for (int scale = 0; scale < pyramid.pyramid().scales(); scale++) {
      Size size = at(tf, whole, scale);
      Operand<TFloat32> noise = noise(tf, call.seed(), call.count(), size, scale);
      if (scale == 0) {
        images = pyramid.generate(tower, 0, noise, nothing(tf, noise));
        continue;
      }
      Operand<TFloat32> below = enlarged(tf, images, size);
      Operand<TFloat32> kept = stretched(tf, pyramid.previous(scale).read(), size, below);
      images =
          pyramid.generate(
              tower, scale, noise, tf.select(isAt(tf, call.start(), scale), kept, below));
    }
    return images;
  }

  /** Refines images from a scale on. */
  Operand<TFloat32> refined(
      BuildContext tower, Operand<TFloat32> given, Operand<TInt64> seed, Operand<TInt32> start) {
    Ops tf = tower.tf();
    Operand<TInt32> count = element(tf, tf.shape(given), 0);
    Size whole = Size.of(tf, given);
    Operand<TFloat32> images = null;
    for (int scale = 1; scale < pyramid.pyramid().scales(); scale++) {
      Size size = at(tf, whole, scale);
      Operand<TFloat32> injected = injected(tf, given, whole, scale, size);
      Operand<TFloat32> input =
          images == null
              ? injected
              : tf.select(isAt(tf, start, scale), injected, enlarged(tf, images, size));
      images = pyramid.generate(tower, scale, noise(tf, seed, count, size, scale), input);
    }
    return images;
  }

  // Reduced to the scale below and enlarged again: without the details that scales from here add.
  private Operand<TFloat32> injected(
      Ops tf, Operand<TFloat32> given, Size whole, int scale, Size size) {
    float reduction = (float) pyramid.pyramid().reduction(scale - 1);
    Operand<TFloat32> reduced =
        CubicResize.resize(tf, given, tf.constant(reduction), at(tf, whole, scale - 1).vector(tf));
    return enlarged(tf, reduced, size);
  }

  /** The reconstruction of the training image from the fixed noise times an amplitude. */
  Operand<TFloat32> reconstruction(BuildContext tower, Operand<TFloat32> amplitude) {
    Ops tf = tower.tf();
    Operand<TFloat32> images =
        pyramid.generate(
            tower, 0, tf.math.mul(pyramid.fixedNoise().read(), amplitude), pyramid.nothing(tf, 1));
    for (int scale = 1; scale < pyramid.pyramid().scales(); scale++) {
      Operand<TFloat32> previous = pyramid.enlarged(tf, images, scale);
      images = pyramid.generate(tower, scale, tf.zerosLike(previous), previous);
    }
    return images;
  }

  /** The last generator on images that are enlarged by a factor. */
  Operand<TFloat32> enlarged(
      BuildContext tower,
      Operand<TFloat32> given,
      Operand<TInt64> seed,
      Operand<TFloat32> factor,
      Size size) {
    Ops tf = tower.tf();
    int last = pyramid.pyramid().last();
    Operand<TFloat32> large = CubicResize.resize(tf, given, factor, size.vector(tf));
    Operand<TInt32> count = element(tf, tf.shape(given), 0);
    return pyramid.generate(tower, last, noise(tf, seed, count, size, last), large);
  }

  private Size at(Ops tf, Size whole, int scale) {
    return scale == pyramid.pyramid().last()
        ? whole
        : whole.times(tf, tf.constant((float) pyramid.pyramid().reduction(scale)));
  }

  private Operand<TFloat32> enlarged(Ops tf, Operand<TFloat32> images, Size size) {
    return CubicResize.resize(
        tf, images, tf.constant((float) pyramid.pyramid().enlargement()), size.vector(tf));
  }

  private static Operand<TBool> isAt(Ops tf, Operand<TInt32> start, int scale) {
    return tf.math.equal(start, tf.constant(scale));
  }

  // The layout of the training image at another size, for every image of a batch.
  private static Operand<TFloat32> stretched(
      Ops tf, Operand<TFloat32> image, Size size, Operand<TFloat32> like) {
    return tf.math.add(Resize.BICUBIC.to(tf, image, size.vector(tf)), tf.zerosLike(like));
  }

  // An image's noise depends on its number in the batch, but not on the size of the batch.
  private Operand<TFloat32> noise(
      Ops tf, Operand<TInt64> seed, Operand<TInt32> count, Size size, int scale) {
    Operand<TInt32> channels = tf.constant(scale == 0 ? 1 : pyramid.channels());
    Operand<TInt64> pair =
        tf.stack(List.of(seed, tf.constant(Seeds.derive(scale, "one-shot noise"))));
    return tf.random.statelessRandomNormal(
        tf.stack(List.of(count, size.height(), size.width(), channels)), pair, TFloat32.class);
  }

  // Zeros of the size of the noise of the smallest scale, in the image's channels.
  private Operand<TFloat32> nothing(Ops tf, Operand<TFloat32> noise) {
    Operand<TFloat32> zeros = tf.zerosLike(noise);
    return pyramid.channels() == 1
        ? zeros
        : tf.tile(zeros, tf.constant(new int[] {1, 1, 1, pyramid.channels()}));
  }
}
