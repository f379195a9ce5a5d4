package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Loads and calls Python's SavedModels without Python. */
class PythonModelsTest {

  // The outputs of Keras 3.15 on TensorFlow 2.21.
  private static final float[] CLASSES = {0.2832036f, 0.3306803f, 0.3861161f};

  @Test
  void tablesAreFilledFromAssets() throws IOException {
    try (Predictor predictor = Predictor.open(PythonModels.resource("vocabulary"))) {
      assertThat(predictor.description().signatures())
          .extracting(SignatureDescription::key)
          .containsExactlyInAnyOrder("find", "name");
      Map<String, TensorValue> found =
          predictor.call(
              "find", Map.of("words", TensorValue.ofStrings(List.of("two", "none", "one"))));
      assertThat(found.get("ids").longs()).containsExactly(2, -1, 1);
      assertThat(found.get("scaled").floats()).containsExactly(4, 1, 2);
      TensorValue id = TensorValue.of(new long[] {1});
      TensorValue word = predictor.call("name", Map.of("id", id)).get("word");
      assertThat(word.shape().numDimensions()).isZero();
      assertThat(word.strings()).containsExactly("one");
    }
  }

  @Test
  void kerasExportsAreCalled() throws IOException {
    try (Predictor predictor = Predictor.open(PythonModels.resource("keras"))) {
      float[] images = new float[2 * 4 * 4 * 2];
      for (int i = 0; i < images.length; i++) {
        images[i] = i % 32 / 32f;
      }
      SignatureDescription signature = predictor.description().signature("serving_default");
      String input = signature.inputs().keySet().iterator().next();
      String output = signature.outputs().keySet().iterator().next();
      TensorValue answer =
          predictor
              .call(signature.key(), Map.of(input, TensorValue.of(images, 2, 4, 4, 2)))
              .get(output);
      assertThat(answer.shape().asArray()).containsExactly(2, 3);
      for (int i = 0; i < 6; i++) {
        assertThat(answer.floats()[i]).isCloseTo(CLASSES[i % 3], within(1e-6f));
      }
      // Keras's export holds every variable twice, also in the checkpoint.
      assertThat(predictor.description().variables())
          .filteredOn(VariableDescription::trainable)
          .hasSize(8)
          .extracting(VariableDescription::name)
          .contains("sequential/bn/gamma", "sequential/head/kernel");
    }
  }

  @Test
  void graphsOfTensorFlow1AreLoadedByTheirTags() throws IOException {
    Map<String, TensorValue> words = Map.of("x", TensorValue.ofStrings(List.of("one", "zero")));
    Map<String, TensorValue> sparse =
        Map.of(
            "sparse/indices", TensorValue.of(new long[] {0, 1, 1, 2}, 2, 2),
            "sparse/values", TensorValue.of(new float[] {1, 10}, 2),
            "sparse/dense_shape", TensorValue.of(new long[] {2, 3}, 2));
    for (Set<String> tags : List.of(Set.<String>of(), Set.of("serve", "gpu"))) {
      PredictorSettings settings = new PredictorSettings(32, false, 1, tags);
      try (Predictor predictor = Predictor.open(PythonModels.resource("tags"), settings)) {
        assertThat(predictor.call("ids", words).get("ids").longs()).containsExactly(1, 0);
        assertThat(predictor.call("product", sparse).get("product").floats())
            .containsExactly(2, 30);
      }
    }
    assertThatThrownBy(
            () ->
                Predictor.open(
                    PythonModels.resource("tags"),
                    new PredictorSettings(1, false, 1, Set.of("train"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "saved_model.pb contains no graph with the tags [train]; it contains graphs with the"
                + " tags [serve], [gpu, serve].");
  }
}
