package dev.recal.graphs.data.items;

import dev.recal.ops.runtime.TensorFlowLibrary;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Arrays of numbers of one shape, in memory: the input of networks that take no images. */
public final class FeatureItems extends Items {
  private static final String FEATURES = "item_features";

  private final Shape shape;
  private final TFloat32 values;

  /**
   * Copies the numbers.
   *
   * @param names of the items
   * @param shape of one item
   * @param values item after item
   */
  public FeatureItems(List<String> names, Shape shape, float[] values) {
    super(names);
    this.shape = shape;
    TensorFlowLibrary.require();
    this.values = TFloat32.tensorOf(shape.prepend(names.size()), DataBuffers.of(values));
  }

  /** The shape of one item. */
  public Shape shape() {
    return shape;
  }

  @Override
  public Map<String, Tensor> tensors() {
    return Map.of(FEATURES, values);
  }

  /**
   * Adds ops that read several items.
   *
   * @param arguments holds {@link #tensors()}
   * @param items n indices
   * @return n×{@link #shape()}
   */
  public Operand<TFloat32> features(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt32> items) {
    return tf.gather(arguments.get(FEATURES, TFloat32.class), items, tf.constant(0));
  }

  @Override
  void free() {
    values.close();
  }
}
