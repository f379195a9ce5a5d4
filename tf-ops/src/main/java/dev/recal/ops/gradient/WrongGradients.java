package dev.recal.ops.gradient;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.OperationAttributeInspector;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.proto.DataType;

/**
 * The operations whose gradients TensorFlow's C++ library computes wrongly, as measured on
 * TensorFlow Java 1.1.0 (TensorFlow 2.18). Each entry can be removed when a release fixes it.
 */
final class WrongGradients {

  private WrongGradients() {}

  /** Returns why the gradient of an operation cannot be trusted and what to use instead. */
  static Optional<String> reason(GraphOperation operation) {
    return switch (operation.type()) {
      case "Conv2D" -> convolution(operation.attributes());
      case "DepthwiseConv2dNative" -> dilated(operation.attributes());
      case "LogSoftmax" ->
          rank(operation) == 2
              ? Optional.empty()
              : Optional.of("it is wrong above rank 2; reshape to rank 2");
      case "LRN" -> Optional.of("it ignores the attributes; compose it from other operations");
      case "GatherV2" -> negativeAxis(operation);
      case "CropAndResize" ->
          Optional.of(
              "on a CPU it adds up from several threads without synchronisation, so that parts are"
                  + " lost now and then; use products, as RoiAlign.sparseProduct does");
      default -> Optional.empty();
    };
  }

  private static Optional<String> convolution(OperationAttributeInspector attributes) {
    if ("EXPLICIT".equals(attributes.getAttrString("padding"))) {
      return Optional.of("it ignores explicit paddings; use Pad and VALID, as Conv2d does");
    }
    return dilated(attributes);
  }

  private static Optional<String> dilated(OperationAttributeInspector attributes) {
    boolean plain = Arrays.stream(attributes.getAttrIntList("dilations")).allMatch(d -> d == 1);
    return plain
        ? Optional.empty()
        : Optional.of("it ignores dilations; use SpaceToBatchND around it, as Conv2d does");
  }

  private static Optional<String> negativeAxis(GraphOperation operation) {
    GraphOperation axis = (GraphOperation) operation.input(2).op();
    if (!axis.type().equals("Const")) {
      return Optional.empty();
    }
    // The attribute comes as a raw tensor, whatever its type.
    try (Tensor value = axis.attributes().getAttrTensor("value")) {
      ByteDataBuffer bytes = value.asRawTensor().data();
      boolean negative =
          value.dataType() == DataType.DT_INT64
              ? bytes.asLongs().getLong(0) < 0
              : bytes.asInts().getInt(0) < 0;
      return negative
          ? Optional.of("it fails for a negative axis; count the axis from the front")
          : Optional.empty();
    }
  }

  private static int rank(GraphOperation operation) {
    return operation.output(0).shape().numDimensions();
  }
}
