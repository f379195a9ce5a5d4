package dev.recal.tools.serve.grpc;

import dev.recal.savedmodels.serving.TensorMessages;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Reads the tensors of a request. A message may leave out elements that equal the last one, so that
 * a few bytes stand for gigabytes; they are limited as if they had been sent.
 */
final class RequestTensors {

  // A reference to a string.
  private static final int STRING_BYTES = 8;

  private RequestTensors() {}

  /**
   * Reads tensors.
   *
   * @param limit the maximum of all of them in bytes
   * @throws ServingException if they are larger
   */
  static Map<String, TensorValue> read(Map<String, TensorProto> messages, long limit) {
    double bytes = 0;
    for (TensorProto message : messages.values()) {
      bytes += bytes(message);
    }
    if (bytes > Math.max(limit, STRING_BYTES)) {
      throw new ServingException(
          ServingStatus.TOO_LARGE,
          "body_size",
          "The tensors of the request are larger than "
              + limit
              + " bytes; set the limit with --max-body.");
    }
    Map<String, TensorValue> values = new LinkedHashMap<>();
    messages.forEach((name, message) -> values.put(name, TensorMessages.read(message)));
    return values;
  }

  // Negative sizes are rejected later.
  private static double bytes(TensorProto message) {
    double elements = 1;
    for (TensorShapeProto.Dim dimension : message.getTensorShape().getDimList()) {
      elements *= Math.max(0, dimension.getSize());
    }
    int element =
        message.getDtype() == DataType.DT_STRING
            ? STRING_BYTES
            : ElementType.of(message.getDtype()).map(ElementType::bytes).orElse(1);
    return elements * element;
  }
}
