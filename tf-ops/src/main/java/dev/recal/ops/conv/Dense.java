package dev.recal.ops.conv;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A matrix product: (N, C) to (N, features).
 *
 * <p>Variables: {@code kernel} (C, features), and {@code bias} (features) if set.
 *
 * @param features outputs
 * @param bias whether a bias is added
 * @param initializer the kernel's initial value
 * @param spectral whether the kernel is divided by its largest singular value, see {@link
 *     SpectralNorm}
 */
public record Dense(int features, boolean bias, Initializer initializer, boolean spectral)
    implements Layer {

  /** Rejects counts below 1. */
  public Dense {
    Window.requirePositive("features", features);
    Objects.requireNonNull(initializer, "initializer");
  }

  /** Without spectral norm. */
  public Dense(int features, boolean bias, Initializer initializer) {
    this(features, bias, initializer, false);
  }

  /** With a bias, U(±1/√C) initially. */
  public static Dense of(int features) {
    return new Dense(features, true, VarianceScaling.uniformFanIn());
  }

  /** Returns a copy with its kernel divided by its largest singular value. */
  public Dense withSpectralNorm() {
    return new Dense(features, bias, initializer, true);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Shape shape = Shape.of(Shapes.features(x), features);
    Operand<TFloat32> weights = context.weight("kernel", shape, initializer);
    Operand<TFloat32> kernel = spectral ? SpectralNorm.normalise(context, weights, 1) : weights;
    Operand<TFloat32> y = context.product(x, kernel, (a, b) -> tf.linalg.matMul(a, b));
    if (!bias) {
      return y;
    }
    return tf.nn.biasAdd(y, context.weight("bias", Shape.of(features), Initializer.zeros()));
  }
}
