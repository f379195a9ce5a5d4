package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.CombinedNonMaxSuppression;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * How duplicates are suppressed in the images of a batch: two forms with equal results. Of boxes
 * with equal scores, the lower index is first with {@link #PER_IMAGE}; with {@link #BATCHED} that
 * is not defined.
 *
 * <p>The outputs have a fixed size, and no gradient flows through them. Boxes with a coordinate or
 * score that is not finite are dropped.
 */
public enum Suppression {
  /** {@code CombinedNonMaxSuppression}, for any number of images. TensorFlow Lite lacks it. */
  BATCHED,
  /** {@link ClassWiseNms} of each image; the number of images must be static. */
  PER_IMAGE;

  /**
   * What is kept of each image, by falling score.
   *
   * @param boxes (N, maximum, 4); 0 for those that are not included
   * @param scores (N, maximum); 0 for those that are not included
   * @param classes (N, maximum), from 0; 0 for those that are not included
   * @param counts (N): the number of included ones, which are the first
   */
  public record Kept(
      BoxSet boxes, Operand<TFloat32> scores, Operand<TInt32> classes, Operand<TInt32> counts) {}

  /**
   * Suppresses duplicates among boxes that have a score for each class.
   *
   * @param nms the settings
   * @param boxes (N, R, C, 4), or (N, R, 1, 4) if all classes share a box
   * @param scores (N, R, C)
   * @throws IllegalArgumentException for other shapes, or a form that needs a static N without one
   */
  public Kept build(Ops tf, ClassWiseNms nms, Operand<TFloat32> boxes, Operand<TFloat32> scores) {
    requireRank("boxes", boxes, 4);
    requireRank("scores", scores, 3);
    Arguments.require(
        scores.shape().get(2) > 0, "scores", "a known number of classes", scores.shape());
    return this == BATCHED ? combined(tf, nms, boxes, scores) : unrolled(tf, nms, boxes, scores);
  }

  /**
   * Suppresses duplicates among boxes of one class each.
   *
   * @param nms the settings
   * @param boxes (N, R, 4)
   * @param scores (N, R)
   * @param classes (N, R), from 0 to {@code count} − 1
   * @param count the number of classes
   * @throws IllegalArgumentException for other shapes, or a form that needs a static N without one
   */
  public Kept build(
      Ops tf,
      ClassWiseNms nms,
      Operand<TFloat32> boxes,
      Operand<TFloat32> scores,
      Operand<TInt32> classes,
      int count) {
    requireRank("boxes", boxes, 3);
    requireRank("scores", scores, 2);
    requireRank("classes", classes, 2);
    if (this == PER_IMAGE) {
      return perImage(tf, nms, boxes, scores, classes);
    }
    // Not a OneHot, of which tf2onnx knows that of vectors only.
    Operand<TBool> own =
        tf.math.equal(
            tf.expandDims(classes, tf.constant(2)),
            tf.range(tf.constant(0), tf.constant(count), tf.constant(1)));
    Operand<TInt32> last = tf.constant(2);
    Operand<TFloat32> ofClass =
        tf.select(own, tf.expandDims(scores, last), tf.constant(Float.NEGATIVE_INFINITY));
    return combined(tf, nms, tf.expandDims(boxes, last), ofClass);
  }

  private static void requireRank(String name, Operand<?> value, int rank) {
    Arguments.require(
        value.shape().numDimensions() == rank, name, "rank " + rank, "shape " + value.shape());
  }

  private static Kept combined(
      Ops tf, ClassWiseNms nms, Operand<TFloat32> boxes, Operand<TFloat32> scores) {
    Operand<TBool> usable = Boxes.usable(tf, boxes);
    Operand<TFloat32> ranked = ranked(tf, tf.reduceAll(usable, tf.constant(-1)), scores);
    List<Operand<TFloat32>> box = Boxes.coordinates(tf, tf.select(usable, boxes, tf.constant(0f)));
    float extra = nms.conventions().extra();
    Operand<TInt32> maximum = tf.constant(nms.maximum());
    CombinedNonMaxSuppression kept =
        tf.image.combinedNonMaxSuppression(
            tf.stopGradient(
                Boxes.of(
                    tf,
                    List.of(
                        box.get(1),
                        box.get(0),
                        moved(tf, box.get(3), extra),
                        moved(tf, box.get(2), extra)))),
            tf.stopGradient(ranked),
            maximum,
            maximum,
            tf.constant(nms.overlap()),
            tf.constant(nms.minimumScore()),
            CombinedNonMaxSuppression.clipBoxes(false));
    List<Operand<TFloat32>> corners =
        Boxes.coordinates(tf, sized(tf, kept.nmsedBoxes(), scores, nms.maximum(), 4));
    Operand<TFloat32> ordered =
        Boxes.of(
            tf,
            List.of(
                corners.get(1),
                corners.get(0),
                moved(tf, corners.get(3), -extra),
                moved(tf, corners.get(2), -extra)));
    BoxSet set = BoxSet.first(tf, ordered, kept.validDetections());
    return new Kept(
        extra == 0 ? set : zeroed(tf, set),
        sized(tf, kept.nmsedScores(), scores, nms.maximum()),
        tf.dtypes.cast(sized(tf, kept.nmsedClasses(), scores, nms.maximum()), TInt32.class),
        kept.validDetections());
  }

  private static BoxSet zeroed(Ops tf, BoxSet set) {
    Operand<TBool> included = set.included().orElseThrow();
    return BoxSet.of(
        tf.select(tf.expandDims(included, tf.constant(-1)), set.boxes(), tf.constant(0f)),
        included);
  }

  private static Operand<TFloat32> moved(Ops tf, Operand<TFloat32> edge, float distance) {
    return distance == 0 ? edge : tf.math.add(edge, tf.constant(distance));
  }

  // Adds the static size, of which TensorFlow's inference of shapes may know less.
  private static Operand<TFloat32> sized(
      Ops tf, Operand<TFloat32> value, Operand<TFloat32> batch, int... inner) {
    int[] shape = new int[inner.length + 1];
    shape[0] = Math.toIntExact(Math.max(-1, batch.shape().get(0)));
    System.arraycopy(inner, 0, shape, 1, inner.length);
    return tf.reshape(value, tf.constant(shape));
  }

  private static Operand<TFloat32> ranked(Ops tf, Operand<TBool> usable, Operand<TFloat32> scores) {
    Operand<TBool> finite = tf.math.lessEqual(tf.math.abs(scores), tf.constant(Float.MAX_VALUE));
    return tf.select(
        tf.math.logicalAnd(usable, finite), scores, tf.constant(Float.NEGATIVE_INFINITY));
  }

  // A list of each pair of a box and a class.
  private static Kept unrolled(
      Ops tf, ClassWiseNms nms, Operand<TFloat32> boxes, Operand<TFloat32> scores) {
    int images = images(scores);
    int classes = Math.toIntExact(scores.shape().get(2));
    Operand<TInt32> size = tf.shape(scores);
    Operand<TFloat32> each =
        boxes.shape().get(2) == classes
            ? boxes
            : tf.broadcastTo(
                boxes, tf.concat(List.of(size, tf.constant(new int[] {4})), tf.constant(0)));
    Operand<TInt32> ofEach = tf.range(tf.constant(0), tf.constant(classes), tf.constant(1));
    int pairs = pairs(scores.shape());
    int[] list = {images, pairs};
    return perImage(
        tf,
        nms,
        tf.reshape(each, tf.constant(new int[] {images, pairs, 4})),
        tf.reshape(scores, tf.constant(list)),
        tf.reshape(tf.broadcastTo(ofEach, size), tf.constant(list)));
  }

  private static int pairs(Shape scores) {
    long boxes = scores.get(1);
    return boxes == Shape.UNKNOWN_SIZE
        ? -1
        : Math.toIntExact(Math.multiplyExact(boxes, scores.get(2)));
  }

  private static int images(Operand<?> batch) {
    long images = batch.shape().get(0);
    Arguments.require(images > 0, "boxes", "a known number of images", batch.shape());
    return Math.toIntExact(images);
  }

  private static Kept perImage(
      Ops tf,
      ClassWiseNms nms,
      Operand<TFloat32> boxes,
      Operand<TFloat32> scores,
      Operand<TInt32> classes) {
    long images = images(scores);
    List<Operand<TFloat32>> ofImages = new ArrayList<>();
    List<Operand<TFloat32>> scoresOfImages = new ArrayList<>();
    List<Operand<TInt32>> classesOfImages = new ArrayList<>();
    List<Operand<TInt32>> counts = new ArrayList<>();
    List<? extends Operand<TFloat32>> eachBoxes = tf.unstack(boxes, images).output();
    List<? extends Operand<TFloat32>> eachScores = tf.unstack(scores, images).output();
    List<? extends Operand<TInt32>> eachClasses = tf.unstack(classes, images).output();
    Operand<TInt32> rows = tf.constant(0);
    for (int i = 0; i < images; i++) {
      ClassWiseNms.Kept kept =
          nms.build(tf, eachBoxes.get(i), eachScores.get(i), eachClasses.get(i));
      Operand<TFloat32> found = tf.gather(tf.stopGradient(eachBoxes.get(i)), kept.indices(), rows);
      Operand<TInt32> classesFound = tf.gather(eachClasses.get(i), kept.indices(), rows);
      ofImages.add(tf.select(tf.expandDims(kept.valid(), tf.constant(1)), found, tf.constant(0f)));
      classesOfImages.add(tf.select(kept.valid(), classesFound, tf.constant(0)));
      scoresOfImages.add(kept.scores());
      counts.add(kept.count());
    }
    Operand<TInt32> all = tf.stack(counts);
    return new Kept(
        BoxSet.first(tf, tf.stack(ofImages), all),
        tf.stack(scoresOfImages),
        tf.stack(classesOfImages),
        all);
  }
}
