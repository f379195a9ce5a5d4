package dev.recal.savedmodels.serving;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.proto.ClassifyLog;
import dev.recal.savedmodels.proto.PredictLog;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictionLog;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/** Generates inputs for signatures, with a given number of rows. */
record WarmUpInputs(String model, byte[] image) {

  private static final String CLASSIFY_METHOD = "tensorflow/serving/classify";
  private static final String PREDICT_METHOD = "tensorflow/serving/predict";
  // The server's REST API also treats this suffix as bytes.
  private static final String BYTES = "_bytes";

  /** Returns empty if no sensible input can be generated. */
  Optional<PredictionLog> request(SignatureDescription signature, int rows) {
    if (signature.method().equals(CLASSIFY_METHOD)) {
      return Optional.of(
          PredictionLog.newBuilder()
              .setClassifyLog(
                  ClassifyLog.newBuilder()
                      .setRequest(
                          PredictionMessages.classify(model, Collections.nCopies(rows, image))))
              .build());
    }
    if (!signature.method().equals(PREDICT_METHOD)) {
      return Optional.empty();
    }
    PredictRequest.Builder request =
        PredictRequest.newBuilder()
            .setModelSpec(PredictionMessages.specification(model, signature.key()));
    for (Map.Entry<String, TensorDescription> input : signature.inputs().entrySet()) {
      Optional<TensorProto> tensor = tensor(input.getKey(), input.getValue(), rows);
      if (tensor.isEmpty()) {
        return Optional.empty();
      }
      request.putInputs(input.getKey(), tensor.get());
    }
    return Optional.of(
        PredictionLog.newBuilder()
            .setPredictLog(PredictLog.newBuilder().setRequest(request))
            .build());
  }

  private Optional<TensorProto> tensor(String name, TensorDescription input, int rows) {
    if (input.shape().isUnknown()) {
      return Optional.empty();
    }
    long[] sizes = input.shape().asArray();
    if (sizes.length > 0 && sizes[0] == Shape.UNKNOWN_SIZE) {
      sizes[0] = rows;
    }
    if (Arrays.stream(sizes).anyMatch(size -> size == Shape.UNKNOWN_SIZE)) {
      return Optional.empty();
    }
    boolean files = input.type() == DataType.DT_STRING && sizes.length == 1 && name.endsWith(BYTES);
    if (files) {
      List<byte[]> images = Collections.nCopies(Math.toIntExact(sizes[0]), image);
      return Optional.of(TensorMessages.of(TensorValue.ofBytes(images)));
    }
    boolean numbers = input.type() == DataType.DT_FLOAT;
    return numbers ? Optional.of(TensorMessages.filled(0.5f, Shape.of(sizes))) : Optional.empty();
  }
}
