package dev.recal.models.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.ops.detection.Conventions;
import dev.recal.savedmodels.NotFiniteException;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectionOutputsTest {

  private static Map<String, TensorValue> outputs(float score, long... masks) {
    Map<String, TensorValue> outputs = new HashMap<>();
    outputs.put("detection_boxes", TensorValue.of(new float[] {0.1f, 0.2f, 0.5f, 1}, 1, 1, 4));
    outputs.put("detection_scores", TensorValue.of(new float[] {score}, 1, 1));
    outputs.put("detection_classes", TensorValue.of(new float[] {3}, 1, 1));
    outputs.put("num_detections", TensorValue.of(new float[] {1}, 1));
    int size = 1;
    for (long side : masks) {
      size *= (int) side;
    }
    outputs.put("detection_masks", TensorValue.of(new float[size], masks));
    return outputs;
  }

  @Test
  void anInclusiveBoxEndsAtItsLastPixel() {
    List<FoundObject> plain =
        new DetectionOutputs(outputs(0.5f, 1, 1, 2, 2), Conventions.PLAIN).objects(100, 50);
    assertThat(plain.get(0).box()).containsExactly(10, 10, 50, 50);
    assertThat(plain.get(0).label()).isEqualTo(2);
    assertThat(plain.get(0).mask().orElseThrow()).hasSize(4);
    List<FoundObject> legacy =
        new DetectionOutputs(outputs(0.5f, 1, 1, 2, 2), Conventions.LEGACY).objects(100, 50);
    assertThat(legacy.get(0).box()).containsExactly(10, 10, 49, 49);
    // The same in COCO's form.
    assertThat(legacy.get(0).coco(Conventions.LEGACY))
        .isEqualTo(plain.get(0).coco(Conventions.PLAIN));
  }

  @Test
  void masksOfAWholeImageAreNotThoseOfABox() {
    List<FoundObject> found =
        new DetectionOutputs(outputs(0.5f, 1, 1, 100, 50), Conventions.PLAIN).objects(100, 50);
    assertThat(found.get(0).mask()).isEmpty();
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() {
    DetectionOutputs broken =
        new DetectionOutputs(outputs(Float.NaN, 1, 1, 2, 2), Conventions.PLAIN);
    assertThatThrownBy(() -> broken.objects(100, 50))
        .isInstanceOf(NotFiniteException.class)
        .hasMessageContaining("'detection_scores' has NaN at [0, 0]");
  }
}
