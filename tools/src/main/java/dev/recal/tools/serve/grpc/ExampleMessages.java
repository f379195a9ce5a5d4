package dev.recal.tools.serve.grpc;

import com.google.protobuf.ByteString;
import dev.recal.savedmodels.proto.Class;
import dev.recal.savedmodels.proto.ClassificationResult;
import dev.recal.savedmodels.proto.Classifications;
import dev.recal.savedmodels.proto.ExampleListWithContext;
import dev.recal.savedmodels.proto.Input;
import dev.recal.savedmodels.proto.Regression;
import dev.recal.savedmodels.proto.RegressionResult;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.rest.ExampleOutputs;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.Example;

/** The messages of calls on examples. */
final class ExampleMessages {

  private ExampleMessages() {}

  /**
   * Returns the serialised examples of an input, each with the features of the context.
   *
   * @throws ServingException if there are none
   */
  static List<byte[]> examples(Input input) {
    List<Example> examples =
        switch (input.getKindCase()) {
          case EXAMPLE_LIST -> input.getExampleList().getExamplesList();
          case EXAMPLE_LIST_WITH_CONTEXT -> merged(input.getExampleListWithContext());
          case KIND_NOT_SET -> List.of();
        };
    if (examples.isEmpty()) {
      throw ServingException.invalid("Input is empty.");
    }
    return examples.stream().map(Example::toByteArray).toList();
  }

  // An example's own feature wins.
  private static List<Example> merged(ExampleListWithContext list) {
    return list.getExamplesList().stream()
        .map(example -> list.getContext().toBuilder().mergeFrom(example).build())
        .toList();
  }

  static ClassificationResult classification(Map<String, TensorValue> outputs, int examples) {
    ExampleOutputs found = ExampleOutputs.classification(outputs, examples);
    ClassificationResult.Builder result = ClassificationResult.newBuilder();
    for (int row = 0; row < examples; row++) {
      Classifications.Builder classes = Classifications.newBuilder();
      for (int i = row * found.width(); i < (row + 1) * found.width(); i++) {
        classes.addClasses(
            Class.newBuilder()
                .setLabelBytes(ByteString.copyFrom(found.label(i)))
                .setScore(found.score(i)));
      }
      result.addClassifications(classes);
    }
    return result.build();
  }

  static RegressionResult regression(Map<String, TensorValue> outputs, int examples) {
    RegressionResult.Builder result = RegressionResult.newBuilder();
    for (float value : ExampleOutputs.regression(outputs, examples)) {
      result.addRegressions(Regression.newBuilder().setValue(value));
    }
    return result.build();
  }
}
