package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Assigns ground-truth boxes to candidates (anchors or proposals) by overlap.
 *
 * <p>A candidate is positive if its largest overlap is at least {@code positive}, negative if it is
 * below {@code negative}, and ignored between them. {@link LowQuality} then adds positives for
 * ground truths that would have few.
 *
 * @param conventions the meaning of the coordinates
 * @param positive a threshold of overlap, from 0 to 1
 * @param negative a threshold of overlap, at most {@code positive}
 * @param lowQuality which further candidates become positive
 * @param minimum the overlap that these need; in any case it must be above 0
 */
public record Assigner(
    Conventions conventions, float positive, float negative, LowQuality lowQuality, float minimum) {

  /** Which candidates that share the best overlap of a ground truth become positive. */
  public enum LowQuality {
    /** None. */
    NONE,
    /** All of them, for that ground truth; the last one if there are several (mmdetection). */
    LAST_TRUTH,
    /** All of them, each for the ground truth that it overlaps most (torchvision). */
    OWN_BEST
  }

  /** Rejects thresholds outside [0, 1] and a negative one above the positive one. */
  public Assigner {
    Objects.requireNonNull(conventions, "conventions");
    Objects.requireNonNull(lowQuality, "lowQuality");
    Arguments.require(positive >= 0 && positive <= 1, "positive", "from 0 to 1", positive);
    Arguments.require(
        negative >= 0 && negative <= positive, "negative", "from 0 to " + positive, negative);
    Arguments.require(minimum >= 0 && minimum <= 1, "minimum", "from 0 to 1", minimum);
  }

  /** The assignment of region proposals: thresholds 0.7 and 0.3. */
  public static Assigner proposals(Conventions conventions) {
    return conventions == Conventions.TORCHVISION
        ? new Assigner(conventions, 0.7f, 0.3f, LowQuality.OWN_BEST, 0)
        : new Assigner(conventions, 0.7f, 0.3f, LowQuality.LAST_TRUTH, 0.3f);
  }

  /**
   * The assignment of a box head.
   *
   * @param threshold 0.5, or that of a stage of a cascade
   */
  public static Assigner boxHead(Conventions conventions, float threshold) {
    LowQuality lowQuality =
        conventions == Conventions.TORCHVISION ? LowQuality.NONE : LowQuality.LAST_TRUTH;
    return new Assigner(conventions, threshold, threshold, lowQuality, threshold);
  }

  /** The assignment of RetinaNet: thresholds 0.5 and 0.4. */
  public static Assigner retina(Conventions conventions) {
    LowQuality lowQuality =
        conventions == Conventions.TORCHVISION ? LowQuality.OWN_BEST : LowQuality.LAST_TRUTH;
    return new Assigner(conventions, 0.5f, 0.4f, lowQuality, 0);
  }

  /**
   * The assignment of each candidate.
   *
   * @param labels (..., A): 1 positive, 0 negative, −1 ignored
   * @param truths (..., A): the index of the ground truth; meaningful for positive ones only, and
   *     an index of a ground truth, or 0, for all
   * @param overlaps (..., A): the largest overlap with a ground truth
   */
  public record Assignment(
      Operand<TInt32> labels, Operand<TInt32> truths, Operand<TFloat32> overlaps) {}

  /**
   * Assigns ground truths. Without any, all candidates are negative. No gradient flows through the
   * result.
   *
   * <p>The cost is proportional to A · G, padding included. G need not be static, so pass only as
   * many ground truths as the images have.
   *
   * @param candidates (..., A, 4); those that are not included are ignored
   * @param truths (..., G, 4); leading dimensions are broadcast
   */
  public Assignment build(Ops tf, BoxSet candidates, BoxSet truths) {
    Arguments.require(
        truths.boxes().shape().numDimensions() >= 2,
        "truths",
        "boxes of shape (..., G, 4)",
        truths.boxes().shape());
    Arguments.require(
        candidates.boxes().shape().numDimensions() >= 2,
        "candidates",
        "boxes of shape (..., A, 4)",
        candidates.boxes().shape());
    Operand<TFloat32> overlaps = overlaps(tf, candidates, truths);
    Operand<TInt32> last = tf.constant(-1);
    Operand<TFloat32> best = tf.max(overlaps, last);
    Operand<TInt32> truth = tf.math.argMax(overlaps, last, TInt32.class);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> labels =
        tf.select(
            tf.math.greaterEqual(best, tf.constant(positive)),
            one,
            tf.select(tf.math.less(best, tf.constant(negative)), zero, tf.constant(-1)));
    if (lowQuality != LowQuality.NONE) {
      Operand<TInt32> low = lastSharing(tf, overlaps);
      Operand<TBool> found = tf.math.greaterEqual(low, zero);
      labels = tf.select(found, one, labels);
      truth = lowQuality == LowQuality.LAST_TRUTH ? tf.select(found, low, truth) : truth;
    }
    if (candidates.included().isPresent()) {
      labels = tf.select(candidates.included().get(), labels, tf.constant(-1));
    }
    return new Assignment(
        labels,
        tf.select(tf.math.greater(best, tf.constant(0f)), truth, zero),
        Boxes.notNegative(tf, best));
  }

  // (..., A, G); −1 where one of the two is not included.
  private Operand<TFloat32> overlaps(Ops tf, BoxSet candidates, BoxSet truths) {
    BoxSet some = atLeastOne(tf, truths);
    Operand<TFloat32> overlaps =
        conventions.overlaps(
            tf, tf.stopGradient(candidates.boxes()), tf.stopGradient(some.boxes()));
    overlaps = masked(tf, overlaps, candidates.included(), -1);
    return masked(tf, overlaps, some.included(), -2);
  }

  private static Operand<TFloat32> masked(
      Ops tf, Operand<TFloat32> overlaps, Optional<Operand<TBool>> included, int dimension) {
    return included
        .<Operand<TFloat32>>map(
            mask ->
                tf.select(tf.expandDims(mask, tf.constant(dimension)), overlaps, tf.constant(-1f)))
        .orElse(overlaps);
  }

  // The largest of no values is an error, so a box that is not included is added.
  private static BoxSet atLeastOne(Ops tf, BoxSet truths) {
    int rank = truths.boxes().shape().numDimensions();
    if (truths.boxes().shape().get(rank - 2) > 0) {
      return truths;
    }
    int[][] border = new int[rank][2];
    border[rank - 2][1] = 1;
    Operand<TFloat32> boxes = tf.pad(truths.boxes(), tf.constant(border), tf.constant(0f));
    if (truths.included().isEmpty()) {
      return BoxSet.of(
          boxes, tf.math.less(BoxSet.positions(tf, boxes), BoxSet.count(tf, truths.boxes())));
    }
    Operand<TBool> included = truths.included().get();
    int[][] end = new int[included.shape().numDimensions()][2];
    end[end.length - 1][1] = 1;
    return BoxSet.of(boxes, tf.pad(included, tf.constant(end), tf.constant(false)));
  }

  // (..., A): the last ground truth whose best overlap the candidate has, or −1.
  private Operand<TInt32> lastSharing(Ops tf, Operand<TFloat32> overlaps) {
    Operand<TFloat32> best = tf.max(overlaps, tf.constant(-2), Max.keepDims(true));
    Operand<TBool> enough =
        tf.math.logicalAnd(
            tf.math.greater(best, tf.constant(0f)),
            tf.math.greaterEqual(best, tf.constant(minimum)));
    Operand<TBool> shares = tf.math.logicalAnd(tf.math.equal(overlaps, best), enough);
    int rank = overlaps.shape().numDimensions();
    Operand<TInt32> count = tf.gather(tf.shape(overlaps), tf.constant(rank - 1), tf.constant(0));
    Operand<TInt32> indices = tf.range(tf.constant(0), count, tf.constant(1));
    return tf.max(tf.select(shares, indices, tf.constant(-1)), tf.constant(-1));
  }
}
