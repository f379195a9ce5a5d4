package dev.recal.graphs.data.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** {@link RandomErasing} on a batch. */
final class RandomErasingGraph {
  private static final int TRIES = 10;

  /** Random numbers of an image: whether, then area, aspect, top and left of each try. */
  static final int COLUMNS = 4 * (TRIES + 1);

  /** ImageNet's mean and deviation of the colours. */
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};

  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private RandomErasingGraph() {}

  /**
   * Rectangles of a batch.
   *
   * @param top first line of each image's, (n)
   * @param left first column, (n)
   * @param height in lines, 0 for none, (n)
   * @param width in columns, (n)
   */
  record Boxes(
      Operand<TFloat32> top,
      Operand<TFloat32> left,
      Operand<TFloat32> height,
      Operand<TFloat32> width) {}

  /**
   * Adds the operations.
   *
   * @param images n×height×width×3 in 0–1
   * @param random n×{@link #COLUMNS}
   * @param noise makes n×columns normally distributed numbers for a number of columns that is a
   *     multiple of 4
   */
  static Operand<TFloat32> apply(
      Ops tf,
      Operand<TFloat32> images,
      Operand<TFloat32> random,
      RandomErasing settings,
      int height,
      int width,
      IntFunction<Operand<TFloat32>> noise) {
    Boxes boxes = boxes(tf, random, settings, height, width);
    Operand<TBool> lines = within(tf, height, boxes.top(), boxes.height());
    Operand<TBool> columns = within(tf, width, boxes.left(), boxes.width());
    Operand<TBool> erased =
        tf.math.logicalAnd(
            tf.reshape(lines, tf.constant(new int[] {-1, height, 1, 1})),
            tf.reshape(columns, tf.constant(new int[] {-1, 1, width, 1})));
    return tf.select(erased, fill(tf, settings.fill(), height, width, noise), images);
  }

  private static Operand<TFloat32> fill(
      Ops tf,
      RandomErasing.Fill fill,
      int height,
      int width,
      IntFunction<Operand<TFloat32>> noise) {
    Operand<TFloat32> mean = tf.reshape(tf.constant(MEAN), tf.constant(new int[] {1, 1, 1, 3}));
    if (fill == RandomErasing.Fill.MEAN) {
      return mean;
    }
    boolean pixels = fill == RandomErasing.Fill.NOISE;
    int used = pixels ? height * width * 3 : 3;
    Operand<TFloat32> numbers = noise.apply((used + 3) / 4 * 4);
    Operand<TFloat32> kept =
        tf.slice(numbers, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, used}));
    int[] shape = pixels ? new int[] {-1, height, width, 3} : new int[] {-1, 1, 1, 3};
    return tf.math.add(
        tf.math.mul(tf.reshape(kept, tf.constant(shape)), tf.constant(DEVIATION)), mean);
  }

  /** Whether each of some places lies in the range of each image, n×size. */
  private static Operand<TBool> within(
      Ops tf, int size, Operand<TFloat32> first, Operand<TFloat32> count) {
    float[] places = new float[size];
    for (int i = 0; i < size; i++) {
      places[i] = i;
    }
    Operand<TFloat32> all = tf.expandDims(tf.constant(places), tf.constant(0));
    Operand<TFloat32> from = tf.expandDims(first, tf.constant(1));
    Operand<TFloat32> end = tf.math.add(from, tf.expandDims(count, tf.constant(1)));
    return tf.math.logicalAnd(tf.math.greaterEqual(all, from), tf.math.less(all, end));
  }

  /** The first rectangle of the tries that fits, for the images that are changed. */
  static Boxes boxes(
      Ops tf, Operand<TFloat32> random, RandomErasing settings, int height, int width) {
    Operand<TFloat32> zero = tf.zerosLike(RandomRows.column(tf, random, 0));
    List<Operand<TFloat32>> chosen = new ArrayList<>(List.of(zero, zero, zero, zero));
    // From the last try to the first, so that an earlier one takes the place of a later one.
    for (int attempt = TRIES - 1; attempt >= 0; attempt--) {
      int column = 4 * (attempt + 1);
      Operand<TFloat32> area =
          tf.math.mul(
              between(tf, random, column, settings.minArea(), settings.maxArea()),
              tf.constant((float) height * width));
      double log = -Math.log(settings.minAspect());
      Operand<TFloat32> aspect = tf.math.exp(between(tf, random, column + 1, -log, log));
      Operand<TFloat32> lines = tf.math.rint(tf.math.sqrt(tf.math.mul(area, aspect)));
      Operand<TFloat32> columns = tf.math.rint(tf.math.sqrt(tf.math.div(area, aspect)));
      Operand<TBool> fits =
          tf.math.logicalAnd(
              tf.math.less(lines, tf.constant((float) height)),
              tf.math.less(columns, tf.constant((float) width)));
      List<Operand<TFloat32>> tried =
          List.of(
              start(tf, random, column + 2, height, lines),
              start(tf, random, column + 3, width, columns),
              lines,
              columns);
      for (int i = 0; i < tried.size(); i++) {
        chosen.set(i, tf.select(fits, tried.get(i), chosen.get(i)));
      }
    }
    Operand<TBool> changed =
        tf.math.less(RandomRows.column(tf, random, 0), tf.constant((float) settings.probability()));
    return new Boxes(
        chosen.get(0),
        chosen.get(1),
        tf.select(changed, chosen.get(2), zero),
        tf.select(changed, chosen.get(3), zero));
  }

  private static Operand<TFloat32> between(
      Ops tf, Operand<TFloat32> random, int column, double low, double high) {
    return tf.math.add(
        tf.math.mul(RandomRows.column(tf, random, column), tf.constant((float) (high - low))),
        tf.constant((float) low));
  }

  /** Uniform from 0 to size − count, both included. */
  private static Operand<TFloat32> start(
      Ops tf, Operand<TFloat32> random, int column, int size, Operand<TFloat32> count) {
    Operand<TFloat32> places = tf.math.sub(tf.constant(size + 1f), count);
    return tf.math.floor(tf.math.mul(RandomRows.column(tf, random, column), places));
  }
}
