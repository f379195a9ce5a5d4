package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.models.detection.DetectedImage;
import dev.recal.models.detection.DetectionModel;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.SavedModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A model with the inputs and outputs of the TensorFlow Object Detection API. */
class ForeignDetectorTest {

  @TempDir private Path directory;

  @Test
  void outputsBecomeObjectsInPixelsByFallingScore() throws IOException {
    Path file = TinyModel.image(directory.resolve("image.png"));
    try (DetectionModel model = DetectionModel.open(write(directory.resolve("foreign")))) {
      DetectedImage image = model.detect(file);
      assertThat(image.height()).isEqualTo(12);
      assertThat(image.width()).isEqualTo(20);
      assertThat(image.objects()).hasSize(2);
      FoundObject first = image.objects().get(0);
      // The second output is the highest value of the image as a fraction of 255.
      assertThat(first.score()).isEqualTo(1f);
      assertThat(first.box()).containsExactly(10f, 6f, 20f, 12f);
      assertThat(first.label()).isEqualTo(16);
      assertThat(model.name(first.label())).isEqualTo("16");
      // The four pixels in the corners are nearer to the zeros around the mask.
      assertThat(first.pixels(model.conventions(), 12, 20).orElseThrow().area()).isEqualTo(56);
      FoundObject second = image.objects().get(1);
      assertThat(second.box()).containsExactly(0f, 3f, 5f, 6f);
      assertThat(second.pixels(model.conventions(), 12, 20).orElseThrow().area()).isZero();
      assertThat(model.detect(Files.readAllBytes(file)).objects()).hasSize(2);
      assertThatThrownBy(() -> model.detect(new byte[] {1, 2, 3}))
          .hasMessageStartingWith("file: expected an image, but the file is not a JPEG");
    }
  }

  @Test
  void aClassifierIsNotADetector() throws IOException {
    Path classifier = TinyModel.write(directory.resolve("tiny"));
    assertThatThrownBy(() -> DetectionModel.open(classifier))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a detector")
        .hasMessageContaining("serving_bytes");
  }

  private static Path write(Path target) throws IOException {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TUint8> images =
          tf.withName("input_tensor")
              .placeholder(TUint8.class, Placeholder.shape(Shape.of(1, -1, -1, 3)));
      Operand<TFloat32> highest =
          tf.math.div(
              tf.reduceMax(
                  tf.dtypes.cast(images, TFloat32.class),
                  tf.array(1, 2, 3),
                  ReduceMax.keepDims(false)),
              tf.constant(255f));
      Map<String, Operand<?>> outputs = new LinkedHashMap<>();
      outputs.put(
          "detection_boxes",
          tf.constant(
              new float[][][] {{{0.25f, 0, 0.5f, 0.25f}, {0.5f, 0.5f, 1, 1}, {0, 0, 0, 0}}}));
      Operand<TFloat32> fixed = tf.constant(new float[] {0.5f});
      outputs.put(
          "detection_scores",
          tf.expandDims(
              tf.concat(List.of(fixed, highest, tf.constant(new float[1])), tf.constant(0)),
              tf.constant(0)));
      outputs.put("detection_classes", tf.constant(new float[][] {{1, 17, 0}}));
      outputs.put("num_detections", tf.constant(new float[] {2}));
      outputs.put("detection_masks", tf.constant(new float[][][][] {{mask(0), mask(1), mask(0)}}));
      Servable servable =
          new Servable(
              new VariableStore(graph, 0),
              List.of(
                  new ServableSignature(
                      "serving_default", Map.of("input_tensor", images), outputs)),
              List.of());
      try (Session session = new Session(graph)) {
        return new SavedModelWriter(new JsonObject(), List.of()).write(servable, session, target);
      }
    }
  }

  private static float[][] mask(float value) {
    return new float[][] {{value, value}, {value, value}};
  }
}
