package dev.recal.ops.activation;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/** Activation functions; the output has the shape of the input. */
public enum Activation implements Layer {
  /** x. */
  IDENTITY {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return x;
    }
  },
  /** max(x, 0). */
  RELU {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.relu(x);
    }
  },
  /** min(max(x, 0), 6). */
  RELU6 {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.relu6(x);
    }
  },
  /** x for x > 0, otherwise 0.2·x, the slope of the synthesis networks. */
  LEAKY_RELU {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.nn.leakyRelu(x, LeakyRelu.alpha(LEAKY_SLOPE));
    }
  },
  /** 1 / (1 + exp(−x)). */
  SIGMOID {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.sigmoid(x);
    }
  },
  /** relu6(x + 3) / 6, in [0, 1]. */
  HARD_SIGMOID {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      Operand<TFloat32> shifted = tf.math.add(x, tf.constant(3f));
      return tf.math.mul(tf.nn.relu6(shifted), tf.constant(1f / 6f));
    }
  },
  /** x · sigmoid(x), also called SiLU. */
  SWISH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.mul(x, tf.math.sigmoid(x));
    }
  },
  /** x · hard-sigmoid(x). */
  HARD_SWISH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.mul(x, HARD_SIGMOID.apply(tf, x));
    }
  },
  /** tanh(x). */
  TANH {
    @Override
    public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
      return tf.math.tanh(x);
    }
  };

  /** The slope of {@link #LEAKY_RELU} below 0. */
  public static final float LEAKY_SLOPE = 0.2f;

  /** Adds the activation to a graph. */
  public abstract Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x);

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return apply(context.tf(), x);
  }
}
