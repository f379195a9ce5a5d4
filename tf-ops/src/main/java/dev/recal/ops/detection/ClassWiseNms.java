package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Suppression of duplicate boxes within each class, in one call for all classes of an image.
 *
 * <p>Boxes are taken by falling score, the lower index first if scores are equal. A box is kept
 * unless its overlap with a kept one of its class is above the threshold. Boxes of different
 * classes are shifted so that they do not overlap. That rounds coordinates, by at most 0.01 pixels
 * for 90 classes and images of 1,333 pixels; so clip boxes before.
 *
 * <p>The outputs have a fixed size. The operation is {@code NonMaxSuppressionV4}: of its versions
 * the only one that TensorFlow Lite, XLA and TensorFlow.js all run with outputs of a fixed size.
 *
 * @param conventions the meaning of the coordinates
 * @param overlap the threshold, from 0 to 1
 * @param minimumScore boxes are dropped unless their score is above it; may be −∞
 * @param maximum the number of boxes kept at most
 */
public record ClassWiseNms(
    Conventions conventions, float overlap, float minimumScore, int maximum) {

  /** Rejects thresholds outside [0, 1], scores that are NaN and a maximum below 1. */
  public ClassWiseNms {
    Objects.requireNonNull(conventions, "conventions");
    Arguments.require(overlap >= 0 && overlap <= 1, "overlap", "from 0 to 1", overlap);
    Arguments.require(!Float.isNaN(minimumScore), "minimumScore", "a number", minimumScore);
    Arguments.atLeast(1, "maximum", maximum);
  }

  /**
   * What is kept, by falling score.
   *
   * @param indices (maximum): positions in the input; 0 for those that are not valid
   * @param scores (maximum); 0 for those that are not valid
   * @param valid (maximum)
   * @param count a scalar: the number of valid ones
   */
  public record Kept(
      Operand<TInt32> indices,
      Operand<TFloat32> scores,
      Operand<TBool> valid,
      Operand<TInt32> count) {}

  /**
   * Suppresses duplicates of one image. Boxes with a coordinate or score that is not finite are
   * dropped. No gradient flows through the result.
   *
   * @param boxes (R, 4)
   * @param scores (R)
   * @param classes (R), from 0
   */
  public Kept build(
      Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> scores, Operand<TInt32> classes) {
    Boxes.requireList("boxes", boxes);
    Boxes.requireSameCount("scores", scores, boxes);
    Boxes.requireSameCount("classes", classes, boxes);
    Operand<TBool> usable = Boxes.usable(tf, boxes);
    Operand<TFloat32> finite = tf.select(usable, boxes, tf.constant(0f));
    // As numbers: TensorFlow Lite's older versions cannot reduce truth values.
    Operand<TFloat32> allUsable = tf.min(tf.dtypes.cast(usable, TFloat32.class), tf.constant(1));
    Operand<TFloat32> ranked =
        tf.select(
            tf.math.logicalAnd(
                tf.math.greater(allUsable, tf.constant(0f)),
                tf.math.lessEqual(tf.math.abs(scores), tf.constant(Float.MAX_VALUE))),
            scores,
            tf.constant(Float.NEGATIVE_INFINITY));
    // XLA takes no more than there are.
    long found = boxes.shape().get(0);
    int limit = found > 0 ? (int) Math.min(found, maximum) : maximum;
    Operation kept = suppressed(tf, apart(tf, finite, classes), ranked, limit);
    Operand<TInt32> count = kept.output(1);
    Operand<TInt32> slots = tf.range(tf.constant(0), tf.constant(maximum), tf.constant(1));
    Operand<TBool> valid = tf.math.less(slots, count);
    int[][] missing = {{0, maximum - limit}};
    Operand<TInt32> list = tf.reshape(kept.<TInt32>output(0), tf.constant(new int[] {limit}));
    Operand<TInt32> whole =
        limit == maximum ? list : tf.pad(list, tf.constant(missing), tf.constant(0));
    // What is behind the last valid one differs between runtimes.
    Operand<TInt32> indices = tf.select(valid, whole, tf.constant(0));
    // One more, so that the first exists also without boxes.
    Operand<TFloat32> all =
        tf.concat(List.of(tf.stopGradient(ranked), tf.constant(new float[1])), tf.constant(0));
    Operand<TFloat32> ofIndices = tf.gather(all, indices, tf.constant(0));
    return new Kept(indices, tf.select(valid, ofIndices, tf.constant(0f)), valid, count);
  }

  // TensorFlow Java offers version 5 only.
  private Operation suppressed(
      Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> scores, int limit) {
    OperationBuilder builder = tf.scope().opBuilder("NonMaxSuppressionV4", "NonMaxSuppression");
    builder.addInput(tf.stopGradient(boxes).asOutput());
    builder.addInput(tf.stopGradient(scores).asOutput());
    builder.addInput(tf.constant(limit).asOutput());
    builder.addInput(tf.constant(overlap).asOutput());
    builder.addInput(tf.constant(minimumScore).asOutput());
    builder.setAttr("pad_to_max_output_size", true);
    return builder.build();
  }

  // y1, x1, y2, x2 without overlaps between classes.
  private Operand<TFloat32> apart(Ops tf, Operand<TFloat32> boxes, Operand<TInt32> classes) {
    Operand<TInt32> all = tf.constant(new int[] {0, 1});
    Operand<TFloat32> range = tf.math.sub(tf.max(boxes, all), tf.min(boxes, all));
    Operand<TFloat32> distance = tf.math.add(range, tf.constant(1 + conventions.extra()));
    Operand<TFloat32> shift = tf.math.mul(tf.dtypes.cast(classes, TFloat32.class), distance);
    List<Operand<TFloat32>> box =
        Boxes.coordinates(tf, tf.math.add(boxes, tf.expandDims(shift, tf.constant(1))));
    return Boxes.of(tf, List.of(box.get(1), box.get(0), end(tf, box.get(3)), end(tf, box.get(2))));
  }

  private Operand<TFloat32> end(Ops tf, Operand<TFloat32> last) {
    return conventions.inclusive() ? tf.math.add(last, tf.constant(conventions.extra())) : last;
  }
}
