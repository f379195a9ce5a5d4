package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * One function of a feature map, as a record of its settings.
 *
 * <p>A layer owns no variables: it asks the context for them by name, so one record may be built
 * any number of times, into any number of graphs, and can be compared, printed and written as JSON.
 */
@FunctionalInterface
public interface Layer {

  /**
   * Adds this layer to the graph.
   *
   * @param context for operations and variables; its path is the layer's scope
   * @param x the input, for feature maps of shape (N, H, W, C)
   * @return the output; the layer defines its shape
   * @throws IllegalArgumentException if {@code x} has an unsupported shape
   */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x);
}
