package dev.recal.savedmodels.serving;

import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.Verification;
import dev.recal.savedmodels.proto.ClassifyLog;
import dev.recal.savedmodels.proto.PredictLog;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictionLog;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * Inputs for signatures: made-up ones with a given number of rows or, for signatures with scalars,
 * whose meaning is unknown, the golden ones.
 *
 * @param model its name in requests
 * @param image an image file
 * @param golden inputs by the tensors of a signature and by their names
 */
record WarmUpInputs(
    String model,
    byte[] image,
    Map<Map<String, TensorDescription>, Map<String, TensorValue>> golden) {

  private static final String CLASSIFY_METHOD = "tensorflow/serving/classify";
  private static final String PREDICT_METHOD = "tensorflow/serving/predict";
  // The server's REST API also treats this suffix as bytes.
  private static final String BYTES = "_bytes";

  /**
   * Reads the golden inputs of a model. They also serve other signatures with the same inputs, as
   * {@code generate_bytes} of {@code generate}.
   *
   * @throws IOException if their file is damaged
   */
  static WarmUpInputs of(String model, byte[] image, SavedModelDescription description)
      throws IOException {
    Map<String, Map<String, TensorValue>> recorded =
        Verification.goldenInputs(description.directory());
    Map<Map<String, TensorDescription>, Map<String, TensorValue>> golden = new HashMap<>();
    for (SignatureDescription signature : description.signatures()) {
      Map<String, TensorValue> inputs = recorded.get(signature.key());
      if (inputs != null) {
        golden.putIfAbsent(signature.inputs(), inputs);
      }
    }
    return new WarmUpInputs(model, image, golden);
  }

  /**
   * Returns a request of each number of rows, or the golden one; fewer where no sensible input is
   * known.
   */
  List<PredictionLog> requests(SignatureDescription signature, List<Integer> rows) {
    boolean scalars =
        signature.inputs().values().stream()
            .anyMatch(input -> !input.shape().isUnknown() && input.shape().numDimensions() == 0);
    Map<String, TensorValue> inputs = golden.get(signature.inputs());
    if (scalars && inputs != null && signature.method().equals(PREDICT_METHOD)) {
      return List.of(
          predict(PredictionMessages.predict(model, signature.key(), new TreeMap<>(inputs))));
    }
    // With a fixed number of rows all requests would be equal.
    List<Integer> counts = hasFixedRows(signature) ? rows.subList(0, 1) : rows;
    return counts.stream()
        .map(count -> request(signature, count))
        .flatMap(Optional::stream)
        .toList();
  }

  private static boolean hasFixedRows(SignatureDescription signature) {
    return signature.inputs().values().stream()
        .map(TensorDescription::shape)
        .allMatch(
            shape ->
                !shape.isUnknown()
                    && shape.numDimensions() > 0
                    && shape.get(0) != Shape.UNKNOWN_SIZE);
  }

  private static PredictionLog predict(PredictRequest request) {
    return PredictionLog.newBuilder()
        .setPredictLog(PredictLog.newBuilder().setRequest(request))
        .build();
  }

  // Empty if no sensible input can be generated.
  private Optional<PredictionLog> request(SignatureDescription signature, int rows) {
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
    return Optional.of(predict(request.build()));
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
