package dev.recal.graphs.weights;

import java.util.Objects;
import org.tensorflow.ndarray.Shape;

/**
 * A variable and its tensor in another library.
 *
 * @param variable the path of ours
 * @param shape of ours
 * @param tensor the name of theirs
 * @param layout the order of the axes
 */
public record NamedWeight(String variable, Shape shape, String tensor, Layout layout) {

  /** Rejects missing parts and shapes that do not match the layout. */
  public NamedWeight {
    Objects.requireNonNull(variable, "variable");
    Objects.requireNonNull(tensor, "tensor");
    if (!layout.fits(shape)) {
      throw new IllegalArgumentException(
          "shape: " + variable + " of shape " + shape + " has no layout '" + layout.word() + "'.");
    }
  }

  /** Returns the shape of theirs. */
  public Shape tensorShape() {
    return layout.externalShape(shape);
  }
}
