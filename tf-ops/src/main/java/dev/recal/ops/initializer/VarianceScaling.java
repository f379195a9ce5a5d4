package dev.recal.ops.initializer;

import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Zero-mean values whose variance is {@code scale / fan}.
 *
 * <p>Kernels are (H, W, in, out), depthwise kernels (H, W, C, 1), dense kernels (in, out). A
 * grouped kernel (H, W, in / groups, out) has the same fans as in PyTorch; a depthwise one counts
 * one output per channel, as timm does ({@code fan_out //= groups}).
 *
 * <p>He et al. 2015 (arXiv 1502.01852), Glorot and Bengio 2010. TensorFlow's class of the same name
 * truncates the normal distribution; these papers and PyTorch do not.
 *
 * @param scale the variance times the fan; 2 before a ReLU
 * @param fan which fan
 * @param distribution which distribution
 */
public record VarianceScaling(float scale, Fan fan, Distribution distribution)
    implements Initializer {

  /** The divisor of the variance. */
  public enum Fan {
    /** Inputs of one output. */
    IN,
    /** Outputs of one input. */
    OUT,
    /** The mean of both. */
    AVERAGE
  }

  /** The shape of the distribution. */
  public enum Distribution {
    /** Normal, not truncated. */
    NORMAL,
    /** Uniform about zero. */
    UNIFORM
  }

  /** Rejects scales that are not positive. */
  public VarianceScaling {
    Objects.requireNonNull(fan, "fan");
    Objects.requireNonNull(distribution, "distribution");
    if (!(scale > 0)) {
      throw new IllegalArgumentException(
          "scale: expected a positive number, but got " + scale + ".");
    }
  }

  /** He-normal by fan-out, used for the convolutions of every network here. */
  public static VarianceScaling heNormalFanOut() {
    return new VarianceScaling(2f, Fan.OUT, Distribution.NORMAL);
  }

  /** He-normal by fan-in. */
  public static VarianceScaling heNormalFanIn() {
    return new VarianceScaling(2f, Fan.IN, Distribution.NORMAL);
  }

  /** Glorot-uniform, Keras's default. */
  public static VarianceScaling glorotUniform() {
    return new VarianceScaling(1f, Fan.AVERAGE, Distribution.UNIFORM);
  }

  /** U(±1/√fan-in), PyTorch's default for dense layers. */
  public static VarianceScaling uniformFanIn() {
    return new VarianceScaling(1f / 3f, Fan.IN, Distribution.UNIFORM);
  }

  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    double variance = scale / fanOf(shape);
    return switch (distribution) {
      case NORMAL -> new Normal(0f, (float) Math.sqrt(variance)).values(tf, shape, seed);
      case UNIFORM -> {
        float bound = (float) Math.sqrt(3 * variance);
        yield new Uniform(-bound, bound).values(tf, shape, seed);
      }
    };
  }

  private double fanOf(Shape shape) {
    int rank = shape.numDimensions();
    if (rank < 2) {
      throw new IllegalArgumentException(
          "shape: variance scaling needs a kernel of rank 2 or more, but got " + shape + ".");
    }
    double window = 1;
    for (int i = 0; i < rank - 2; i++) {
      window *= shape.get(i);
    }
    double in = window * shape.get(rank - 2);
    double out = window * shape.get(rank - 1);
    return Math.max(
        1,
        switch (fan) {
          case IN -> in;
          case OUT -> out;
          case AVERAGE -> (in + out) / 2;
        });
  }
}
