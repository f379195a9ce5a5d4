package dev.recal.ops;

import dev.recal.ops.initializer.Initializer;
import java.util.Objects;
import org.tensorflow.ndarray.Shape;

/**
 * The specification of a float32 variable of a layer.
 *
 * @param name its name inside the layer's scope, without a slash
 * @param shape its shape, fully known
 * @param initializer its initial value
 * @param trainable whether optimisers change it
 * @param decayed whether weight decay may apply to it
 */
public record VariableSpec(
    String name, Shape shape, Initializer initializer, boolean trainable, boolean decayed) {

  /** Rejects names with slashes and shapes with unknown dimensions. */
  public VariableSpec {
    Objects.requireNonNull(initializer, "initializer");
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "name: expected one word without a slash, but got '" + name + "'.");
    }
    if (shape.hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "shape: variable '" + name + "' needs a fully known shape, but got " + shape + ".");
    }
  }

  /** A trainable variable to which weight decay may apply. */
  public static VariableSpec weight(String name, Shape shape, Initializer initializer) {
    return new VariableSpec(name, shape, initializer, true, true);
  }

  /** A trainable variable to which weight decay never applies. */
  public static VariableSpec undecayed(String name, Shape shape, Initializer initializer) {
    return new VariableSpec(name, shape, initializer, true, false);
  }

  /** A stored statistic, which optimisers do not change. */
  public static VariableSpec statistic(String name, Shape shape, Initializer initializer) {
    return new VariableSpec(name, shape, initializer, false, false);
  }
}
