package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.JointBatchNorm;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * The same layers in each of G groups of channels, computed together.
 *
 * <p>Every group has variables of its own, in the scopes {@code group0}, {@code group1}, …. Their
 * kernels are stacked to the kernel of one grouped convolution: a pack and a reshape, whose
 * gradient is an unpack. Operations stand in {@code joint}.
 *
 * @param joint where operations go
 * @param scopes where each group's variables go
 */
record Groups(BuildContext joint, List<BuildContext> scopes) {

  static Groups of(BuildContext context, int count) {
    return new Groups(
        context, IntStream.range(0, count).mapToObj(i -> context.at("group" + i)).toList());
  }

  /** Goes one scope deeper in every group. */
  Groups at(String name) {
    return new Groups(joint.at(name), scopes.stream().map(scope -> scope.at(name)).toList());
  }

  int count() {
    return scopes.size();
  }

  /**
   * Convolves each group's channels, centred and without bias.
   *
   * @param x (N, H, W, G·c)
   * @param features output channels of a group
   * @return (N, H, W, G·features)
   */
  Operand<TFloat32> convolution(Operand<TFloat32> x, int features, int size, int dilation) {
    Ops tf = joint.tf();
    int in = (int) x.shape().get(3) / count();
    Operand<TFloat32> kernel =
        stacked(
            "kernel",
            Shape.of(size, size, in, features),
            VarianceScaling.heNormalFanOut(),
            Shape.of(size, size, in, (long) count() * features));
    Window window = new Window(size, size, 1, Padding.CENTRED, dilation);
    return Conv2d.convolve(tf, x, kernel, window, count());
  }

  /**
   * Multiplies each group's values with a matrix, without bias.
   *
   * @param x (N, G·c)
   * @param features of a group
   * @return (N, G·features)
   */
  Operand<TFloat32> dense(Operand<TFloat32> x, int features) {
    Ops tf = joint.tf();
    int in = (int) x.shape().get(1) / count();
    Operand<TFloat32> kernel =
        stacked(
            "kernel",
            Shape.of(in, features),
            VarianceScaling.heNormalFanOut(),
            Shape.of(1, 1, in, (long) count() * features));
    Operand<TFloat32> pixels = tf.reshape(x, tf.constant(new int[] {-1, 1, 1, count() * in}));
    Window window = new Window(1, 1, 1, Padding.VALID, 1);
    Operand<TFloat32> y = Conv2d.convolve(tf, pixels, kernel, window, count());
    return tf.reshape(y, tf.constant(new int[] {-1, count() * features}));
  }

  /** Returns the biases of all groups, (G·features). */
  Operand<TFloat32> bias(int features) {
    return stacked(
        "bias", Shape.of(features), Initializer.zeros(), Shape.of((long) count() * features));
  }

  /** Normalises each group's channels in the scope {@code name}. */
  Operand<TFloat32> batchNorm(String name, Operand<TFloat32> x, Optional<Operand<TFloat32>> bias) {
    Groups inner = at(name);
    return JointBatchNorm.defaults().build(inner.joint, inner.scopes, x, bias);
  }

  // The groups become the second last axis, just before the outputs of each.
  private Operand<TFloat32> stacked(
      String name, Shape shape, Initializer initializer, Shape whole) {
    Ops tf = joint.tf();
    VariableSpec spec = VariableSpec.weight(name, shape, initializer);
    List<Operand<TFloat32>> parts =
        scopes.stream().<Operand<TFloat32>>map(scope -> scope.variable(spec).read()).toList();
    Operand<TFloat32> pack = tf.stack(parts, Stack.axis(shape.numDimensions() - 1L));
    return tf.reshape(pack, tf.constant(whole.asArray()));
  }
}
