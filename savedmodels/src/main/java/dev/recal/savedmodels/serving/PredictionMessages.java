package dev.recal.savedmodels.serving;

import com.google.protobuf.ByteString;
import dev.recal.ops.image.ImageExamples;
import dev.recal.savedmodels.proto.ClassificationRequest;
import dev.recal.savedmodels.proto.ExampleList;
import dev.recal.savedmodels.proto.Input;
import dev.recal.savedmodels.proto.ModelSpec;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;

/** Builds requests to TensorFlow Serving from Java values. */
public final class PredictionMessages {

  private PredictionMessages() {}

  /**
   * A request to the newest version of a model.
   *
   * @param model its name on the server
   * @param signature the key
   * @param inputs by the names of the signature
   */
  public static PredictRequest predict(
      String model, String signature, Map<String, TensorValue> inputs) {
    PredictRequest.Builder request =
        PredictRequest.newBuilder().setModelSpec(specification(model, signature));
    inputs.forEach((name, value) -> request.putInputs(name, TensorMessages.of(value)));
    return request.build();
  }

  /**
   * A request to classify images by the newest version of a model.
   *
   * @param model its name on the server
   * @param images the bytes of image files
   */
  public static ClassificationRequest classify(String model, List<byte[]> images) {
    ExampleList.Builder examples = ExampleList.newBuilder();
    images.forEach(image -> examples.addExamples(example(image)));
    return ClassificationRequest.newBuilder()
        .setModelSpec(specification(model, PredictionCalls.CLASSIFY))
        .setInput(Input.newBuilder().setExampleList(examples))
        .build();
  }

  static Example example(byte[] image) {
    BytesList bytes = BytesList.newBuilder().addValue(ByteString.copyFrom(image)).build();
    Feature feature = Feature.newBuilder().setBytesList(bytes).build();
    return Example.newBuilder()
        .setFeatures(Features.newBuilder().putFeature(ImageExamples.FEATURE, feature))
        .build();
  }

  static ModelSpec specification(String model, String signature) {
    return ModelSpec.newBuilder().setName(model).setSignatureName(signature).build();
  }
}
