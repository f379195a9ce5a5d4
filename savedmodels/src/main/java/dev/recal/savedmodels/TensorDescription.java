package dev.recal.savedmodels;

import java.util.Locale;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * An input or output of a signature.
 *
 * @param tensor its name in the graph, for example {@code serving_default/logits:0}
 * @param type TensorFlow's element type
 * @param shape −1 for a free dimension; unknown if the rank is unknown
 */
public record TensorDescription(String tensor, DataType type, Shape shape) {

  static TensorDescription of(TensorInfo info) {
    return new TensorDescription(info.getName(), info.getDtype(), shape(info.getTensorShape()));
  }

  static TensorDescription of(Output<?> output) {
    return new TensorDescription(
        output.op().name() + ":" + output.index(), output.dataType(), output.shape());
  }

  static Shape shape(TensorShapeProto proto) {
    return proto.getUnknownRank()
        ? Shape.unknown()
        : Shape.of(proto.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }

  /** Returns the name of the element type in Python, for example {@code float32}. */
  public String typeName() {
    return switch (type) {
      case DT_FLOAT -> "float32";
      case DT_DOUBLE -> "float64";
      case DT_HALF -> "float16";
      default -> type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT);
    };
  }

  /** Returns whether the first dimension is free, so that it may be a batch. */
  boolean batched() {
    return !shape.isUnknown() && shape.numDimensions() > 0 && shape.get(0) == Shape.UNKNOWN_SIZE;
  }

  @Override
  public String toString() {
    return typeName() + " " + (shape.isUnknown() ? "of any shape" : shape.toString());
  }
}
