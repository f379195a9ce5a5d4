package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Normal;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * A head of cosines with an additive angular margin: logits s·cos θ_c, and in training s·cos(θ_y +
 * m) for the right class y.
 *
 * <p>Deng, Guo, Xue, Zafeiriou 2019, "ArcFace" (arXiv 1801.07698); official code: github
 * deepinsight/insightface. θ_c is the angle between the embedding and column c of the variable
 * {@code kernel} (D, classes), which starts at N(0, 0.01²). Where θ_y + m would pass π, the logit
 * is s·(cos θ_y − m·sin m) instead, as in the code.
 *
 * <p>The margin needs labels, which a network does not get: the network's logits are s·cos θ, and
 * {@link Network#trainingLogits} adds the margin before the loss.
 *
 * @param margin m in radians, from 0 to less than π
 * @param scale s, positive
 */
public record ArcFace(float margin, float scale) {

  // Keeps lengths and sines from 0, where the root's gradient is infinite.
  private static final float MIN_SQUARE = 1e-12f;

  /** Rejects margins and scales out of range. */
  public ArcFace {
    if (!(margin >= 0 && margin < Math.PI)) {
      throw new IllegalArgumentException(
          "margin: expected from 0 to less than π, but got " + margin + ".");
    }
    if (!(scale > 0 && scale < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "scale: expected a positive number, but got " + scale + ".");
    }
  }

  /** Margin 0.5, scale 64. */
  public static ArcFace defaults() {
    return new ArcFace(0.5f, 64f);
  }

  /**
   * Adds the head.
   *
   * @param embedding (N, D)
   * @return s·cos θ, (N, classes)
   */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> embedding, int classes) {
    Ops tf = context.tf();
    Shape shape = Shape.of(Shapes.features(embedding), classes);
    Operand<TFloat32> kernel = context.weight("kernel", shape, new Normal(0f, 0.01f));
    Operand<TFloat32> cosines = tf.linalg.matMul(unit(tf, embedding, 1), unit(tf, kernel, 0));
    return tf.math.mul(cosines, tf.constant(scale));
  }

  /**
   * Adds the margin.
   *
   * @param logits s·cos θ, (N, classes)
   * @param targets (N, classes); the class with the highest counts as the right one
   * @return logits of the same shape
   */
  Operand<TFloat32> withMargin(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    int classes = Shapes.features(logits);
    Operand<TFloat32> right =
        tf.oneHot(
            tf.math.argMax(targets, tf.constant(1)),
            tf.constant(classes),
            tf.constant(1f),
            tf.constant(0f));
    Operand<TFloat32> cosine = tf.math.div(logits, tf.constant(scale));
    Operand<TFloat32> square = tf.math.sub(tf.constant(1f), tf.math.square(cosine));
    Operand<TFloat32> sine = tf.math.sqrt(tf.math.maximum(square, tf.constant(MIN_SQUARE)));
    Operand<TFloat32> turned =
        tf.math.sub(
            tf.math.mul(cosine, tf.constant((float) Math.cos(margin))),
            tf.math.mul(sine, tf.constant((float) Math.sin(margin))));
    float limit = (float) Math.cos(Math.PI - margin);
    Operand<TFloat32> shifted =
        tf.math.sub(cosine, tf.constant((float) (margin * Math.sin(margin))));
    Operand<TBool> below = tf.math.greater(cosine, tf.constant(limit));
    Operand<TFloat32> marginal = tf.math.mul(tf.select(below, turned, shifted), tf.constant(scale));
    return tf.math.add(logits, tf.math.mul(right, tf.math.sub(marginal, logits)));
  }

  private static Operand<TFloat32> unit(Ops tf, Operand<TFloat32> x, int axis) {
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(x), tf.constant(axis), ReduceSum.keepDims(true));
    return tf.math.mul(x, tf.math.rsqrt(tf.math.maximum(squares, tf.constant(MIN_SQUARE))));
  }
}
