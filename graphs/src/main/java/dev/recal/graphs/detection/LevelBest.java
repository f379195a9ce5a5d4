package dev.recal.graphs.detection;

import dev.recal.ops.Shapes;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.DeltaCoding;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The best boxes of one level by score, each of an anchor and a class; there may be several classes
 * of one anchor. No gradient flows through them.
 *
 * @param boxes (N, k, 4), decoded and clipped to the images
 * @param scores (N, k), probabilities, by falling score
 * @param classes (N, k)
 */
record LevelBest(Operand<TFloat32> boxes, Operand<TFloat32> scores, Operand<TInt32> classes) {

  /**
   * Takes the best.
   *
   * @param limit k at most; it is less if the level has fewer
   * @param anchors (A, 4)
   * @param output of the level; the last dimension of its logits is static
   * @param sizes (N, 2): height and width of each image
   */
  static LevelBest of(
      Ops tf,
      Conventions conventions,
      int limit,
      Operand<TFloat32> anchors,
      AnchorOutput output,
      Operand<TFloat32> sizes) {
    Shape shape = output.logits().shape();
    int classes = Math.toIntExact(shape.get(2));
    Operand<TFloat32> logits = flat(tf, tf.stopGradient(output.logits()), classes);
    TopK<TFloat32, TInt32> top = tf.nn.topK(logits, count(tf, logits, limit), new TopK.Options[0]);
    Operand<TInt32> count = tf.constant(classes);
    Operand<TInt32> chosen = classes == 1 ? top.indices() : tf.math.floorDiv(top.indices(), count);
    Operand<TFloat32> deltas = ListRows.gather(tf, tf.stopGradient(output.deltas()), chosen);
    Operand<TFloat32> decoded =
        DeltaCoding.unscaled(conventions)
            .decode(tf, tf.gather(anchors, chosen, tf.constant(0)), deltas);
    return new LevelBest(
        conventions.clip(tf, decoded, tf.expandDims(sizes, tf.constant(1))),
        tf.math.sigmoid(top.values()),
        classes == 1 ? tf.zerosLike(chosen) : tf.math.floorMod(top.indices(), count));
  }

  // (N, A · classes)
  private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> logits, int classes) {
    Shape shape = logits.shape();
    if (shape.get(1) != Shape.UNKNOWN_SIZE) {
      int values = Math.toIntExact(Math.multiplyExact(shape.get(1), classes));
      return tf.reshape(logits, tf.constant(new int[] {-1, values}));
    }
    Operand<TInt32> images = tf.expandDims(Shapes.size(tf, logits, 0), tf.constant(0));
    return tf.reshape(
        logits, tf.concat(List.of(images, tf.constant(new int[] {-1})), tf.constant(0)));
  }

  private static Operand<TInt32> count(Ops tf, Operand<TFloat32> logits, int limit) {
    long found = logits.shape().get(1);
    return found == Shape.UNKNOWN_SIZE
        ? tf.math.minimum(tf.constant(limit), Shapes.size(tf, logits, 1))
        : tf.constant((int) Math.min(found, limit));
  }
}
