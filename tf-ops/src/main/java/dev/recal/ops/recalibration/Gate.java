package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.initializer.VarianceScaling;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Operations shared by the gates. */
final class Gate {

  private Gate() {}

  /** Multiplies a map by gates (N, C), and publishes them. */
  static Operand<TFloat32> apply(
      BuildContext context, Operand<TFloat32> x, Operand<TFloat32> gates) {
    Ops tf = context.tf();
    context.publish("gate", gates);
    int channels = Shapes.channels(x);
    return tf.math.mul(x, tf.reshape(gates, tf.constant(new int[] {-1, 1, 1, channels})));
  }

  /** Gates a map that is not computed yet. */
  static FoldedMap apply(BuildContext context, FoldedMap x, Operand<TFloat32> gates) {
    context.publish("gate", gates);
    return x.gated(gates);
  }

  /** The two-layer perceptron {@code expand(relu(reduce(x)))}. */
  static Operand<TFloat32> bottleneck(
      BuildContext context, Operand<TFloat32> x, int hidden, int channels, boolean bias) {
    Ops tf = context.tf();
    Dense reduce = new Dense(hidden, bias, VarianceScaling.heNormalFanOut());
    Dense expand = new Dense(channels, bias, VarianceScaling.heNormalFanOut());
    Operand<TFloat32> inner = Activation.RELU.apply(tf, reduce.build(context.at("reduce"), x));
    return expand.build(context.at("expand"), inner);
  }

  static int hidden(int channels, int reduction) {
    return Math.max(1, channels / reduction);
  }

  static void requireReduction(int reduction) {
    if (reduction < 1) {
      throw new IllegalArgumentException(
          "reduction: expected at least 1, but got " + reduction + ".");
    }
  }

  static void requireOdd(String name, int value) {
    if (value < 1 || value % 2 == 0) {
      throw new IllegalArgumentException(
          name + ": expected an odd number of at least 1, but got " + value + ".");
    }
  }
}
