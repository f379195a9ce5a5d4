package dev.recal.savedmodels;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * One variable of a model.
 *
 * @param name its name
 * @param type TensorFlow's element type
 * @param shape its shape
 * @param trainable whether optimisers would change it
 */
public record VariableDescription(String name, DataType type, Shape shape, boolean trainable) {

  /** Returns the number of values; 0 if the shape is unknown. */
  public long size() {
    return shape.isUnknown() || shape.hasUnknownDimension() ? 0 : shape.size();
  }
}
