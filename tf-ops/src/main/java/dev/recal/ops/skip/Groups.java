package dev.recal.ops.skip;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.SpectralNorm;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.norm.JointBatchNorm;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The same layers in each of G groups of channels, computed together.
 *
 * <p>Every group has its own variables, in the scopes {@code group0}, {@code group1}, …. Their
 * kernels are stacked to the kernel of one grouped convolution: a pack and a reshape, whose
 * gradient is an unpack. Operations are in {@code joint}.
 *
 * @param joint for operations
 * @param scopes of each group's variables
 * @param weights the initialisation of kernels and norms
 */
record Groups(BuildContext joint, List<BuildContext> scopes, GroupWeights weights) {

  static Groups of(BuildContext context, int count, GroupWeights weights) {
    return new Groups(
        context,
        IntStream.range(0, count).mapToObj(i -> context.at("group" + i)).toList(),
        weights);
  }

  /** Opens an inner scope in every group. */
  Groups at(String name) {
    return new Groups(
        joint.at(name), scopes.stream().map(scope -> scope.at(name)).toList(), weights);
  }

  int count() {
    return scopes.size();
  }

  /**
   * Convolves each group's channels, centred.
   *
   * @param x (N, H, W, G·c)
   * @param features output channels of a group
   * @return (N, H, W, G·features)
   */
  Operand<TFloat32> convolution(Operand<TFloat32> x, int features, int size) {
    Operand<TFloat32> y = convolved(x, kernel(x, features, size), size, 1);
    return joint.tf().nn.biasAdd(y, bias(features));
  }

  /**
   * Convolves each group's channels, centred, then batch norm in the scope {@code norm} of {@code
   * outer} and ReLU. In inference the norm's scale is folded into the kernel.
   */
  Operand<TFloat32> unit(
      Groups outer,
      String norm,
      Operand<TFloat32> x,
      int features,
      int size,
      int dilation,
      boolean biased) {
    Ops tf = joint.tf();
    Groups inner = outer.at(norm);
    Operand<TFloat32> kernel = kernel(x, features, size);
    Optional<Operand<TFloat32>> bias = biased ? Optional.of(bias(features)) : Optional.empty();
    JointBatchNorm layer = weights.norm();
    if (joint.training()) {
      Operand<TFloat32> y = convolved(x, kernel, size, dilation);
      return tf.nn.relu(layer.ofBatch(inner.joint, inner.scopes, y, bias));
    }
    JointBatchNorm.Line line = layer.stored(inner.joint, inner.scopes, count() * features, bias);
    Operand<TFloat32> y = convolved(x, tf.math.mul(kernel, line.scale()), size, dilation);
    return tf.nn.relu(tf.nn.biasAdd(y, line.shift()));
  }

  /**
   * A 1×1 convolution of each group's channels with bias, then batch norm in the scope {@code norm}
   * of {@code outer} and ReLU. Computed as one product over pixels: there are few output channels,
   * and a convolution's fixed cost would be several times higher.
   *
   * @param x (N, H, W, G·c)
   * @param features output channels of a group
   * @return (N, H, W, G·features)
   */
  Operand<TFloat32> pointwiseUnit(Groups outer, String norm, Operand<TFloat32> x, int features) {
    Ops tf = joint.tf();
    int in = (int) x.shape().get(3) / count();
    Operand<TFloat32> y = pointwise(x, packed(Shape.of(1, 1, in, features), 0), in, features);
    return tf.nn.relu(outer.batchNorm(norm, y, Optional.of(bias(features))));
  }

  // The cost of a convolution of every group, regardless of the product that computes it here.
  private void count(Operand<TFloat32> map, long ofPixelAndGroup) {
    if (Shapes.hasStaticSize(map)) {
      joint.multiplyAdds(Shapes.height(map) * Shapes.width(map) * count() * ofPixelAndGroup);
    }
  }

  private Operand<TFloat32> convolved(
      Operand<TFloat32> x, Operand<TFloat32> kernel, int size, int dilation) {
    Window window = new Window(size, size, 1, Padding.CENTRED, dilation);
    return Conv2d.convolve(joint, x, kernel, window, count());
  }

  private Operand<TFloat32> kernel(Operand<TFloat32> x, int features, int size) {
    int in = (int) x.shape().get(3) / count();
    Operand<TFloat32> pack = packed(Shape.of(size, size, in, features), 3);
    return joint
        .tf()
        .reshape(pack, joint.tf().constant(new int[] {size, size, in, count() * features}));
  }

  /**
   * Adds up each group's channels with one weight each, plus a bias: a 1×1 convolution to one
   * channel of a group.
   *
   * @param x (N, H, W, G·c)
   * @return (N, H, W, G)
   */
  Operand<TFloat32> weightedSum(Operand<TFloat32> x) {
    int in = (int) x.shape().get(3) / count();
    Operand<TFloat32> sums = pointwise(x, packed(Shape.of(1, 1, in, 1), 0), in, 1);
    return joint.tf().nn.biasAdd(sums, bias(1));
  }

  private Operand<TFloat32> pointwise(
      Operand<TFloat32> x, Operand<TFloat32> kernel, int in, int features) {
    Ops tf = joint.tf();
    Operand<TFloat32> rows = tf.reshape(x, tf.constant(new int[] {-1, count() * in}));
    count(x, (long) in * features);
    return withChannels(x, product(rows, kernel, in, features), count() * features);
  }

  // Replaces the channel dimension of a map.
  private Operand<TFloat32> withChannels(
      Operand<TFloat32> map, Operand<TFloat32> values, int channels) {
    Ops tf = joint.tf();
    if (Shapes.hasStaticSize(map)) {
      int[] shape = {-1, Shapes.height(map), Shapes.width(map), channels};
      return tf.reshape(values, tf.constant(shape));
    }
    Operand<TInt32> pixels =
        tf.slice(tf.shape(map), tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    Operand<TInt32> shape =
        tf.concat(List.of(pixels, tf.constant(new int[] {channels})), tf.constant(0));
    return tf.reshape(values, shape);
  }

  /**
   * Multiplies each group's values by a matrix, without bias.
   *
   * @param x (N, G·c)
   * @param features of a group
   * @return (N, G·features)
   */
  Operand<TFloat32> dense(Operand<TFloat32> x, int features) {
    int in = (int) x.shape().get(1) / count();
    joint.multiplyAdds((long) count() * in * features);
    return product(x, packed(Shape.of(in, features), 0), in, features);
  }

  // (R, G·c) and (G, c, features) to (R, G·features). One product with a block-diagonal matrix: its
  // zeros cost less than the transposition that a batched product would need.
  private Operand<TFloat32> product(
      Operand<TFloat32> rows, Operand<TFloat32> kernel, int in, int features) {
    Ops tf = joint.tf();
    Operand<TFloat32> column = tf.reshape(kernel, tf.constant(new int[] {count() * in, features}));
    Operand<TFloat32> blocks =
        tf.math.mul(tf.tile(column, tf.constant(new int[] {1, count()})), diagonal(in, features));
    return joint.product(rows, blocks, (a, b) -> tf.linalg.matMul(a, b));
  }

  // 1 where row and column belong to one group, (G·c, G·features).
  private Operand<TFloat32> diagonal(int in, int features) {
    Ops tf = joint.tf();
    Operand<TInt32> rows = owners(in, new int[] {-1, 1});
    Operand<TInt32> columns = owners(features, new int[] {1, -1});
    return tf.dtypes.cast(tf.math.equal(rows, columns), TFloat32.class);
  }

  private Operand<TInt32> owners(int size, int[] shape) {
    Ops tf = joint.tf();
    Operand<TInt32> index = tf.range(tf.constant(0), tf.constant(count() * size), tf.constant(1));
    return tf.reshape(tf.math.floorDiv(index, tf.constant(size)), tf.constant(shape));
  }

  /** Returns the biases of all groups, (G·features). */
  Operand<TFloat32> bias(int features) {
    VariableSpec spec = VariableSpec.weight("bias", Shape.of(features), Initializer.zeros());
    return joint.tf().reshape(packed(spec, 0), joint.tf().constant(new int[] {-1}));
  }

  /** Normalises each group's channels, of a map or a matrix, in the scope {@code name}. */
  Operand<TFloat32> batchNorm(String name, Operand<TFloat32> x, Optional<Operand<TFloat32>> bias) {
    Ops tf = joint.tf();
    Groups inner = at(name);
    JointBatchNorm layer = weights.norm();
    if (joint.training()) {
      return layer.ofBatch(inner.joint, inner.scopes, x, bias);
    }
    int channels = (int) x.shape().get(x.shape().numDimensions() - 1);
    JointBatchNorm.Line line = layer.stored(inner.joint, inner.scopes, channels, bias);
    return tf.math.add(tf.math.mul(x, line.scale()), line.shift());
  }

  private Operand<TFloat32> packed(Shape shape, long axis) {
    Operand<TFloat32> kernels =
        packed(VariableSpec.weight("kernel", shape, weights.kernel()), axis);
    return weights.spectral() ? SpectralNorm.normaliseEach(joint, scopes, kernels, axis) : kernels;
  }

  private Operand<TFloat32> packed(VariableSpec spec, long axis) {
    List<Operand<TFloat32>> parts =
        scopes.stream().<Operand<TFloat32>>map(scope -> scope.variable(spec).read()).toList();
    return joint.tf().stack(parts, Stack.axis(axis));
  }
}
