package dev.recal.graphs.classification.metrics;

import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Ops that compute the counts of a batch, so that a step returns a few integers instead of its
 * logits.
 *
 * <p>Logits are [images, classes], of a static number of classes; labels are [images], and a label
 * below zero marks padding.
 */
public final class ClassificationOps {
  /** The prediction of a row whose logits are not all finite. */
  public static final int UNDECIDED = -1;

  private ClassificationOps() {}

  /**
   * The class with the largest logit of each row, the first of equal ones, or {@link #UNDECIDED} if
   * a logit is NaN or infinite.
   *
   * @return int32 [images]
   */
  public static Operand<TInt32> predictions(Ops tf, Operand<TFloat32> logits) {
    classes(logits);
    Operand<TBool> decided = tf.reduceAll(tf.math.isFinite(logits), tf.constant(1));
    Operand<TInt32> best = tf.math.argMax(logits, tf.constant(1), TInt32.class);
    return tf.select(decided, best, tf.fill(tf.shape(best), tf.constant(UNDECIDED)));
  }

  /**
   * The hard labels of soft targets (label smoothing, mixup): the first largest of each row.
   *
   * @param targets [images, classes]
   * @return int32 [images]
   */
  public static Operand<TInt32> hardLabels(Ops tf, Operand<TFloat32> targets) {
    classes(targets);
    return tf.math.argMax(targets, tf.constant(1), TInt32.class);
  }

  /**
   * Counts the correct predictions.
   *
   * @param predictions int32 [images], from {@link #predictions}
   * @param labels int32 [images]
   * @return int32 scalar
   */
  public static Operand<TInt32> numberCorrect(
      Ops tf, Operand<TInt32> predictions, Operand<TInt32> labels) {
    Operand<TBool> right = tf.math.equal(predictions, labels);
    // Without this, a row of padding (-1) whose logits are not finite (-1) would count as correct.
    Operand<TBool> image = tf.math.greaterEqual(labels, tf.constant(0));
    return count(tf, tf.math.logicalAnd(right, image));
  }

  /**
   * Counts the rows whose label is among the {@code k} largest logits.
   *
   * <p>This is {@code InTopKV2}: a class counts as among the first k when fewer than k classes have
   * a larger logit, so classes that are equal at the border all do, and a row with a logit that is
   * not finite never counts. With k = 1 a network with equal logits for all classes is therefore
   * correct for every image; use {@link #numberCorrect} for top-1.
   *
   * @param k at least 1; limited to the number of classes
   * @return int32 scalar
   */
  public static Operand<TInt32> numberInTopK(
      Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels, int k) {
    if (k < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "k: expected at least 1, but got %d.", k));
    }
    int capped = (int) Math.min(k, classes(logits));
    return count(tf, tf.nn.inTopK(logits, labels, tf.constant(capped)));
  }

  /** Counts the rows that are images and not padding, as an int32 scalar. */
  public static Operand<TInt32> numberOfImages(Ops tf, Operand<TInt32> labels) {
    return count(tf, tf.math.greaterEqual(labels, tf.constant(0)));
  }

  /**
   * The confusion counts of a batch.
   *
   * <p>Efficient if classes² is small compared with the number of images; otherwise return labels
   * and predictions and let {@link ClassificationMetrics#addPredictions} count.
   *
   * @param predictions int32 [images], from {@link #predictions}; undecided rows are left out
   * @param labels int32 [images]; labels that are not classes are left out
   * @param classes number of classes, at most 46340, so that classes² is an int
   * @return int32 [classes, classes], rows by label, columns by prediction
   */
  public static Operand<TInt32> confusion(
      Ops tf, Operand<TInt32> predictions, Operand<TInt32> labels, int classes) {
    ConfusionMatrix.checkClasses(classes);
    Operand<TBool> counted =
        tf.math.logicalAnd(isClass(tf, predictions, classes), isClass(tf, labels, classes));
    Operand<TInt32> cell = tf.math.add(tf.math.mul(labels, tf.constant(classes)), predictions);
    // UnsortedSegmentSum leaves negative ids out.
    Operand<TInt32> id = tf.select(counted, cell, tf.fill(tf.shape(cell), tf.constant(-1)));
    Operand<TInt32> counts =
        tf.math.unsortedSegmentSum(tf.onesLike(id), id, tf.constant(classes * classes));
    return tf.reshape(counts, tf.constant(new int[] {classes, classes}));
  }

  private static Operand<TBool> isClass(Ops tf, Operand<TInt32> ids, int classes) {
    return tf.math.logicalAnd(
        tf.math.greaterEqual(ids, tf.constant(0)), tf.math.less(ids, tf.constant(classes)));
  }

  private static Operand<TInt32> count(Ops tf, Operand<TBool> flags) {
    return tf.reduceSum(tf.dtypes.cast(flags, TInt32.class), tf.constant(0));
  }

  private static long classes(Operand<TFloat32> logits) {
    Shape shape = logits.shape();
    if (shape.numDimensions() != 2 || shape.get(1) == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "logits: expected shape [images, classes] with a static number of classes, but got %s.",
              shape));
    }
    return shape.get(1);
  }
}
