package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.fusion.CentredMap;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.GlobalAveragePool;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * λ (N, K) of {@link AttentiveNorm}.
 *
 * @param norm the settings
 */
record AttentiveWeights(AttentiveNorm norm) {

  // Of the pooled feature only; the norms have their own epsilon.
  private static final float EPSILON = 1e-3f;

  /** Of the layer's input. */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return weights(context, pooled(context.tf(), x));
  }

  /** Computes the weights from the input's moments. */
  Operand<TFloat32> build(BuildContext context, CentredMap map) {
    return weights(context, pooled(context.tf(), map));
  }

  private Operand<TFloat32> weights(BuildContext context, Operand<TFloat32> pooled) {
    Ops tf = context.tf();
    int k = norm.components();
    return switch (norm.effectiveAttention()) {
      case SIGMOID -> tf.math.sigmoid(dense(context, pooled, k, true));
      case HSIGMOID -> Activation.HARD_SIGMOID.apply(tf, dense(context, pooled, k, true));
      case MLP_SIGMOID -> {
        Operand<TFloat32> hidden = dense(context.at("reduce"), pooled, 2 * k, true);
        yield tf.math.sigmoid(dense(context.at("expand"), tf.nn.relu(hidden), k, true));
      }
      case BN_HSIGMOID -> Activation.HARD_SIGMOID.apply(tf, normalised(context, pooled, k));
      case BN_SIGMOID -> tf.math.sigmoid(normalised(context, pooled, k));
      case BN_SOFTMAX -> tf.nn.softmax(normalised(context, pooled, k));
      case MLP_BN_HSIGMOID -> {
        Operand<TFloat32> hidden = normalised(context.at("reduce"), pooled, 2 * k);
        Operand<TFloat32> logits = normalised(context.at("expand"), tf.nn.relu(hidden), k);
        yield Activation.HARD_SIGMOID.apply(tf, logits);
      }
      case GN_HSIGMOID -> Activation.HARD_SIGMOID.apply(tf, grouped(context, pooled, k));
    };
  }

  private Operand<TFloat32> pooled(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> mean = GlobalAveragePool.mean(tf, x);
    if (norm.pooling() == AttentiveNorm.Pooling.MEAN) {
      return mean;
    }
    Operand<TInt32> rowsAndColumns = tf.constant(new int[] {1, 2});
    Operand<TFloat32> centred =
        tf.math.sub(x, tf.expandDims(tf.expandDims(mean, tf.constant(1)), tf.constant(1)));
    Operand<TFloat32> squares = tf.reduceSum(tf.math.square(centred), rowsAndColumns);
    return scaled(tf, mean, tf.math.div(squares, pixelsLessOne(tf, x)));
  }

  private Operand<TFloat32> pooled(Ops tf, CentredMap map) {
    Operand<TFloat64> shift = tf.dtypes.cast(map.shift(), TFloat64.class);
    Operand<TFloat32> mean =
        tf.dtypes.cast(tf.math.add(FoldedMap.first(tf, map), shift), TFloat32.class);
    if (norm.pooling() == AttentiveNorm.Pooling.MEAN) {
      return mean;
    }
    double unbiased = map.pixels() / (map.pixels() - 1.0);
    Operand<TFloat64> variance = tf.math.mul(FoldedMap.variance(tf, map), tf.constant(unbiased));
    return scaled(tf, mean, tf.dtypes.cast(variance, TFloat32.class));
  }

  private static Operand<TFloat32> scaled(
      Ops tf, Operand<TFloat32> mean, Operand<TFloat32> variance) {
    // The root is a power, which TensorFlow can differentiate twice, unlike Rsqrt.
    Operand<TFloat32> root =
        tf.math.pow(tf.math.add(variance, tf.constant(EPSILON)), tf.constant(-0.5f));
    return tf.math.mul(mean, root);
  }

  // At least 1: the squares of a single pixel are 0, and so is its variance.
  private static Operand<TFloat32> pixelsLessOne(Ops tf, Operand<TFloat32> x) {
    Operand<TInt32> size =
        tf.slice(tf.shape(x), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
    Operand<TFloat32> pixels = tf.reduceProd(tf.dtypes.cast(size, TFloat32.class), tf.constant(0));
    return tf.math.maximum(tf.math.sub(pixels, tf.constant(1f)), tf.constant(1f));
  }

  private Operand<TFloat32> dense(
      BuildContext context, Operand<TFloat32> x, int features, boolean bias) {
    if (norm.start().isEmpty() || norm.start().get() == AttentiveNorm.Start.HE_NORMAL) {
      return new Dense(features, bias, VarianceScaling.heNormalFanOut()).build(context, x);
    }
    Operand<TFloat32> y =
        new Dense(features, false, VarianceScaling.uniformFanIn()).build(context, x);
    if (!bias) {
      return y;
    }
    float bound = (float) (1 / Math.sqrt(Shapes.features(x)));
    Uniform uniform = new Uniform(-bound, bound);
    return context.tf().nn.biasAdd(y, context.weight("bias", Shape.of(features), uniform));
  }

  private Operand<TFloat32> normalised(BuildContext context, Operand<TFloat32> x, int features) {
    BatchNorm batch = new BatchNorm(norm.epsilon(), norm.decay(), 1f, true);
    return batch.build(context.at("bn"), dense(context, x, features, false));
  }

  private Operand<TFloat32> grouped(BuildContext context, Operand<TFloat32> x, int features) {
    Ops tf = context.tf();
    Operand<TFloat32> map =
        tf.reshape(dense(context, x, features, false), tf.constant(new int[] {-1, 1, 1, features}));
    Operand<TFloat32> y = new GroupNorm(1, norm.epsilon(), 1f).build(context.at("gn"), map);
    return tf.reshape(y, tf.constant(new int[] {-1, features}));
  }
}
