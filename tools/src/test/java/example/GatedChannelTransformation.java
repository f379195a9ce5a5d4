package example;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.gradient.CompositeGradient;
import dev.recal.ops.initializer.Initializer;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Gated Channel Transformation, GCT: y = x ⊙ (1 + tanh(γ ⊙ s / √(mean(s²) + ε) + β)), with s = α ⊙
 * √(Σ x² + ε); the sum goes over H and W, the mean over the channels.
 *
 * <p>Yang, Zhu, Wu, Yang 2020, "Gated Channel Transformation for Visual Recognition" (arXiv
 * 1909.11519); official code: github z-x-yang/GCT. Equals the code's l2 form; its l1 form is not
 * supported.
 *
 * <p>Variables: {@code alpha}, initially 1, {@code gamma} and {@code beta}, initially 0, each (C);
 * 3C parameters. It starts as the identity. Training and inference are equal. Publishes {@code
 * gate} (N, C).
 *
 * @param epsilon ε, positive, so that maps of zeros have a gradient
 */
public record GatedChannelTransformation(float epsilon) implements Layer {

  /** Rejects an epsilon that is not positive. */
  public GatedChannelTransformation {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "epsilon: expected a positive number, but got " + epsilon + ".");
    }
  }

  /** As in the code: ε 1e-5. */
  public static GatedChannelTransformation defaults() {
    return new GatedChannelTransformation(1e-5f);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Shape channels = Shape.of(Shapes.channels(x));
    Operand<TFloat32> alpha = context.weight("alpha", channels, Initializer.ones());
    Operand<TFloat32> gamma = context.weight("gamma", channels, Initializer.zeros());
    Operand<TFloat32> beta = context.weight("beta", channels, Initializer.zeros());
    Ops tf = context.tf();

    Operand<TFloat32> s = tf.math.mul(norms(context, x), alpha);
    Operand<TFloat32> power = tf.math.mean(tf.math.square(s), tf.constant(3), Mean.keepDims(true));
    Operand<TFloat32> root = tf.math.sqrt(tf.math.add(power, tf.constant(epsilon)));
    Operand<TFloat32> logits = tf.math.add(tf.math.mul(gamma, tf.math.div(s, root)), beta);
    Operand<TFloat32> gates = tf.math.add(tf.constant(1f), tf.math.tanh(logits));

    context.publish("gate", tf.squeeze(gates, Squeeze.axis(List.of(1L, 2L))));
    return tf.math.mul(x, gates);
  }

  // √(Σ x² + ε), (N, 1, 1, C). Its gradient is x ⊙ dy / √…: one pass over the map, whereas
  // TensorFlow's own gradient passes through the root, the sum and the square.
  private Operand<TFloat32> norms(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(x), tf.constant(new int[] {1, 2}), ReduceSum.keepDims(true));
    Operand<TFloat32> norms = tf.math.sqrt(tf.math.add(squares, tf.constant(epsilon)));
    if (!context.differentiable() || context.portable()) {
      return norms;
    }
    return CompositeGradient.define(
        tf,
        norms,
        List.of(x),
        List.of(norms),
        (ops, call) ->
            List.of(
                ops.math.mul(call.input(0), ops.math.div(call.outputGradient(), call.saved(0)))));
  }
}
