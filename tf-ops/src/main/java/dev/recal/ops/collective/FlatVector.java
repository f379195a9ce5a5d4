package dev.recal.ops.collective;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Values of static shapes as one vector, and back. */
final class FlatVector {

  private final List<Shape> shapes;

  private FlatVector(List<Shape> shapes) {
    this.shapes = shapes;
  }

  /**
   * Returns the layout of values.
   *
   * @throws IllegalArgumentException if a shape is not known statically
   */
  static FlatVector of(List<? extends Operand<TFloat32>> values) {
    values.forEach(FlatVector::size);
    return new FlatVector(values.stream().map(Operand::shape).toList());
  }

  /** Returns the number of elements of a value. */
  static long size(Operand<TFloat32> value) {
    long size = value.shape().size();
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "values: expected static shapes, but got "
              + value.shape()
              + " of '"
              + value.op().name()
              + "'.");
    }
    return size;
  }

  /** Returns values of this layout, joined. */
  static Operand<TFloat32> joined(Ops tf, List<? extends Operand<TFloat32>> values) {
    List<Operand<TFloat32>> vectors = new ArrayList<>();
    for (Operand<TFloat32> value : values) {
      boolean vector = value.shape().numDimensions() == 1;
      vectors.add(vector ? value : tf.reshape(value, tf.constant(new int[] {-1})));
    }
    return vectors.size() == 1 ? vectors.get(0) : tf.concat(vectors, tf.constant(0));
  }

  /** Returns the values of a vector, in order and of their shapes. */
  List<Operand<TFloat32>> parts(Ops tf, Operand<TFloat32> vector) {
    long[] lengths = shapes.stream().mapToLong(Shape::size).toArray();
    List<Output<TFloat32>> split =
        lengths.length == 1
            ? List.of(vector.asOutput())
            : tf.splitV(vector, tf.constant(lengths), tf.constant(0), (long) lengths.length)
                .output();
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int[] dimensions =
          Arrays.stream(shapes.get(i).asArray()).mapToInt(Math::toIntExact).toArray();
      boolean whole = dimensions.length == 1;
      parts.add(whole ? split.get(i) : tf.reshape(split.get(i), tf.constant(dimensions)));
    }
    return parts;
  }
}
