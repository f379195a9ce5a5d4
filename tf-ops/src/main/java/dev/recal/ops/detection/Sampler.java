package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Takes a fixed number of candidates at random: positives up to a limit, the rest negatives.
 *
 * <p>Each candidate gets a random key; those with the largest keys are taken. All shapes are
 * static, and the choice depends on the seed only.
 *
 * @param count the number of samples of an image
 * @param positives the number of positives among them at most
 */
public record Sampler(int count, int positives) {

  /** Rejects other than 1 to {@code count} positives. */
  public Sampler {
    Arguments.atLeast(1, "count", count);
    Arguments.require(
        positives >= 1 && positives <= count, "positives", "from 1 to " + count, positives);
  }

  /** The sampling of region proposals: 256 anchors, at most half of them positive. */
  public static Sampler proposals() {
    return new Sampler(256, 128);
  }

  /** The sampling of a box head: 512 proposals, at most a quarter of them positive. */
  public static Sampler boxHead() {
    return new Sampler(512, 128);
  }

  /**
   * The samples, positives first.
   *
   * @param indices (..., count): positions of candidates; 0 for those that are not valid
   * @param positive (..., count)
   * @param valid (..., count): fewer than {@code count} if there are not enough negatives
   */
  public record Sample(Operand<TInt32> indices, Operand<TBool> positive, Operand<TBool> valid) {}

  private record Ranked(Operand<TFloat32> keys, Operand<TInt32> indices) {}

  /**
   * Takes samples of one image (A) or of a batch (N, A).
   *
   * @param seed of shape (2), as of {@link dev.recal.ops.BuildContext#seed}
   * @param labels 1 positive, 0 negative, others are not taken; A is at least 1
   */
  public Sample build(Ops tf, Operand<TInt64> seed, Operand<TInt32> labels) {
    Shape shape = labels.shape();
    int rank = shape.numDimensions();
    Arguments.require(rank == 1 || rank == 2, "labels", "shape (A) or (N, A)", shape);
    Arguments.require(shape.get(rank - 1) != 0, "labels", "at least one candidate", shape);
    Operand<TFloat32> random =
        tf.random.statelessRandomUniform(tf.shape(labels), seed, TFloat32.class);
    Ranked positive = ranked(tf, random, labels, 1, positives);
    Ranked negative = ranked(tf, random, labels, 0, count);
    Operand<TInt32> last = tf.constant(rank - 1);
    Operand<TInt32> taken =
        tf.sum(tf.dtypes.cast(taken(tf, positive.keys()), TInt32.class), last, Sum.keepDims(true));
    Operand<TInt32> slots = tf.range(tf.constant(0), tf.constant(count), tf.constant(1));
    Operand<TBool> isPositive = tf.math.less(slots, taken);
    // Of the two lists one after the other: the positives taken, then the negatives.
    Operand<TInt32> places =
        tf.math.add(
            slots,
            tf.select(isPositive, tf.constant(0), tf.math.sub(tf.constant(positives), taken)));
    Gather.Options inBatch = Gather.batchDims((long) rank - 1);
    Operand<TFloat32> keys =
        tf.gather(
            tf.concat(List.of(positive.keys(), negative.keys()), last), places, last, inBatch);
    Operand<TInt32> indices =
        tf.gather(
            tf.concat(List.of(positive.indices(), negative.indices()), last),
            places,
            last,
            inBatch);
    Operand<TBool> valid = taken(tf, keys);
    return new Sample(tf.select(valid, indices, tf.constant(0)), isPositive, valid);
  }

  private static Operand<TBool> taken(Ops tf, Operand<TFloat32> keys) {
    return tf.math.greaterEqual(keys, tf.constant(0f));
  }

  // Keys of −1 are not taken. As many are added as can be asked for, if there may be too few.
  private Ranked ranked(
      Ops tf, Operand<TFloat32> random, Operand<TInt32> labels, int label, int number) {
    int rank = labels.shape().numDimensions();
    Operand<TBool> wanted = tf.math.equal(labels, tf.constant(label));
    Operand<TFloat32> keys = tf.select(wanted, random, tf.constant(-1f));
    if (labels.shape().get(rank - 1) < number) {
      int[][] end = new int[rank][2];
      end[rank - 1][1] = number;
      keys = tf.pad(keys, tf.constant(end), tf.constant(-1f));
    }
    TopK<TFloat32, TInt32> top =
        tf.nn.topK(tf.stopGradient(keys), tf.constant(number), new TopK.Options[0]);
    return new Ranked(top.values(), top.indices());
  }
}
