package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Constant;
import dev.recal.ops.initializer.Initializer;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Group normalisation: mean and biased variance over H, W and the channels of a group, per sample;
 * then γ and β per channel.
 *
 * <p>Wu and He 2018, "Group Normalization" (arXiv 1803.08494); official code: github
 * facebookresearch/Detectron, projects/GN. No differences. Training and inference are equal.
 * Variables: {@code gamma}, {@code beta}, each (C).
 *
 * @param groups a divisor of the channels
 * @param epsilon added to the variance, not negative
 * @param gamma the initial value of γ
 */
public record GroupNorm(int groups, float epsilon, float gamma) implements Norm {

  /** Rejects groups below 1 and negative epsilons. */
  public GroupNorm {
    Epsilon.require(epsilon);
    if (groups < 1) {
      throw new IllegalArgumentException("groups: expected at least 1, but got " + groups + ".");
    }
  }

  /** 32 groups, ε 1e-5. */
  public static GroupNorm defaults() {
    return new GroupNorm(32, 1e-5f, 1f);
  }

  @Override
  public GroupNorm zeroInitialised() {
    return new GroupNorm(groups, epsilon, 0f);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    int channels = Shapes.channels(x);
    Ops tf = context.tf();
    Shape shape = Shape.of(channels);
    Operand<TFloat32> scale = context.weight("gamma", shape, new Constant(gamma));
    Operand<TFloat32> offset = context.weight("beta", shape, Initializer.zeros());
    Operand<TFloat32> plain = normalise(tf, x, groups, epsilon);
    return tf.math.add(tf.math.mul(plain, scale), offset);
  }

  /**
   * Returns (x − μ) / √(v + ε) by groups, without affine variables.
   *
   * <p>The root is a power, which TensorFlow can differentiate twice, unlike {@code Rsqrt}.
   */
  static Operand<TFloat32> normalise(Ops tf, Operand<TFloat32> x, int groups, float epsilon) {
    int channels = Shapes.channels(x);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "groups: expected a divisor of the " + channels + " channels, but got " + groups + ".");
    }
    Operand<TInt32> whole = tf.shape(x);
    Operand<TInt32> outer = tf.slice(whole, tf.constant(new int[] {0}), tf.constant(new int[] {3}));
    Operand<TInt32> inner = tf.constant(new int[] {groups, channels / groups});
    Operand<TFloat32> split = tf.reshape(x, tf.concat(List.of(outer, inner), tf.constant(0)));
    Operand<TInt32> axes = tf.constant(new int[] {1, 2, 4});
    Operand<TFloat32> centred = tf.math.sub(split, tf.math.mean(split, axes, Mean.keepDims(true)));
    Operand<TFloat32> variance = tf.math.mean(tf.math.square(centred), axes, Mean.keepDims(true));
    Operand<TFloat32> root =
        tf.math.pow(tf.math.add(variance, tf.constant(epsilon)), tf.constant(-0.5f));
    return tf.reshape(tf.math.mul(centred, root), whole);
  }
}
