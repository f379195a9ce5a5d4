package dev.recal.ops.activation;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.initializer.Constant;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * PReLU: y = max(x, 0) + a_c · min(x, 0) with a slope for each channel.
 *
 * <p>He, Zhang, Ren, Sun 2015 (arXiv 1502.01852), who learn the slopes without weight decay.
 *
 * <p>Variable: {@code slope} (C). Takes maps (N, H, W, C).
 *
 * @param initial the slopes' initial value
 */
public record ParametricRelu(float initial) implements Layer {

  /** Rejects a slope that is not finite. */
  public ParametricRelu {
    if (!Float.isFinite(initial)) {
      throw new IllegalArgumentException(
          "initial: expected a finite number, but got " + initial + ".");
    }
  }

  /** Slopes of 0.25 initially. */
  public static ParametricRelu defaults() {
    return new ParametricRelu(0.25f);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Shape shape = Shape.of(Shapes.channels(x));
    VariableSpec spec = new VariableSpec("slope", shape, new Constant(initial), true, false);
    Operand<TFloat32> slope = context.variable(spec).read();
    Ops tf = context.tf();
    // In the form that Keras uses, which converters recognise as one operation.
    Operand<TFloat32> below = tf.math.mul(tf.math.neg(slope), tf.nn.relu(tf.math.neg(x)));
    return tf.math.add(tf.nn.relu(x), below);
  }
}
