package dev.recal.savedmodels.serving;

import com.google.protobuf.Int64Value;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.proto.Class;
import dev.recal.savedmodels.proto.ClassificationRequest;
import dev.recal.savedmodels.proto.ClassificationResponse;
import dev.recal.savedmodels.proto.ClassificationResult;
import dev.recal.savedmodels.proto.Classifications;
import dev.recal.savedmodels.proto.ModelSpec;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictResponse;
import dev.recal.savedmodels.proto.PredictionLog;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.Example;

/**
 * Answers TensorFlow Serving's requests with a {@link Predictor}, by the rules of that server: an
 * empty signature name means {@code serving_default}, an output filter names outputs of the
 * signature, and {@code Classify} calls a signature of that method.
 */
public final class PredictionCalls {

  static final String CLASSIFY = "classify";
  private static final String DEFAULT = "serving_default";
  private static final String CLASSIFY_METHOD = "tensorflow/serving/classify";
  private static final String INPUTS = "inputs";
  private static final String CLASSES = "classes";
  private static final String SCORES = "scores";

  private PredictionCalls() {}

  /**
   * Answers a prediction.
   *
   * @throws IllegalArgumentException if the model has no such signature, or rejects the inputs
   */
  public static PredictResponse predict(Predictor predictor, PredictRequest request) {
    SignatureDescription signature = signature(predictor, request.getModelSpec());
    for (String name : request.getOutputFilterList()) {
      if (!signature.outputs().containsKey(name)) {
        throw new IllegalArgumentException(
            "output_filter: expected one of the outputs "
                + signature.outputs().keySet()
                + " of signature '"
                + signature.key()
                + "', but got '"
                + name
                + "'.");
      }
    }
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    request.getInputsMap().forEach((name, tensor) -> inputs.put(name, TensorMessages.read(tensor)));
    PredictResponse.Builder response =
        PredictResponse.newBuilder()
            .setModelSpec(answered(predictor, request.getModelSpec(), signature));
    predictor
        .call(signature.key(), inputs)
        .forEach(
            (name, value) -> {
              if (request.getOutputFilterCount() == 0
                  || request.getOutputFilterList().contains(name)) {
                response.putOutputs(name, TensorMessages.of(value));
              }
            });
    return response.build();
  }

  /**
   * Answers a classification.
   *
   * @throws IllegalArgumentException if the signature has another method, there are no examples, or
   *     the model rejects them
   */
  public static ClassificationResponse classify(
      Predictor predictor, ClassificationRequest request) {
    SignatureDescription signature = signature(predictor, request.getModelSpec());
    if (!signature.method().equals(CLASSIFY_METHOD)) {
      throw new IllegalArgumentException(
          "signature: expected the method "
              + CLASSIFY_METHOD
              + ", but '"
              + signature.key()
              + "' has "
              + signature.method()
              + ".");
    }
    List<Example> examples = request.getInput().getExampleList().getExamplesList();
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("input: expected a list of at least one example.");
    }
    TensorValue serialized =
        TensorValue.ofBytes(examples.stream().map(Example::toByteArray).toList());
    Map<String, TensorValue> outputs = predictor.call(signature.key(), Map.of(INPUTS, serialized));
    return ClassificationResponse.newBuilder()
        .setModelSpec(answered(predictor, request.getModelSpec(), signature))
        .setResult(result(outputs.get(CLASSES), outputs.get(SCORES), examples.size()))
        .build();
  }

  /** Runs a recorded request and discards the response. */
  static void run(Predictor predictor, PredictionLog log) {
    switch (log.getLogTypeCase()) {
      case PREDICT_LOG -> predict(predictor, log.getPredictLog().getRequest());
      case CLASSIFY_LOG -> classify(predictor, log.getClassifyLog().getRequest());
      case LOGTYPE_NOT_SET ->
          throw new IllegalArgumentException("log: expected a predict or a classify request.");
    }
  }

  private static ClassificationResult result(TensorValue classes, TensorValue scores, int rows) {
    List<String> labels = classes.strings();
    float[] values = scores.floats();
    int width = values.length / rows;
    ClassificationResult.Builder result = ClassificationResult.newBuilder();
    for (int row = 0; row < rows; row++) {
      Classifications.Builder best = Classifications.newBuilder();
      for (int i = row * width; i < (row + 1) * width; i++) {
        best.addClasses(Class.newBuilder().setLabel(labels.get(i)).setScore(values[i]));
      }
      result.addClassifications(best);
    }
    return result.build();
  }

  private static SignatureDescription signature(Predictor predictor, ModelSpec model) {
    String name = model.getSignatureName();
    return predictor.description().signature(name.isEmpty() ? DEFAULT : name);
  }

  // The server sets the version that answered.
  private static ModelSpec answered(
      Predictor predictor, ModelSpec asked, SignatureDescription signature) {
    ModelSpec.Builder model = asked.toBuilder().setSignatureName(signature.key());
    String directory = predictor.description().directory().getFileName().toString();
    if (directory.matches("\\d{1,18}")) {
      model.setVersion(Int64Value.of(Long.parseLong(directory)));
    }
    return model.build();
  }
}
