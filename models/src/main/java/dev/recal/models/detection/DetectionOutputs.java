package dev.recal.models.detection;

import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.ops.detection.Conventions;
import dev.recal.savedmodels.NotFiniteException;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * The outputs of the TensorFlow Object Detection API for one image.
 *
 * @param outputs by name
 * @param conventions of the boxes to return
 */
record DetectionOutputs(Map<String, TensorValue> outputs, Conventions conventions) {

  /**
   * Returns the objects by falling score.
   *
   * @param height of the image
   * @param width of the image
   * @throws NotFiniteException if a box or a score is not finite
   * @throws IllegalArgumentException if the outputs have other shapes
   */
  List<FoundObject> objects(int height, int width) {
    float[] scores = finite(DetectionSignature.SCORES);
    float[] boxes = finite(DetectionSignature.BOXES);
    float[] classes = finite(DetectionSignature.CLASSES);
    float[] counts = finite(DetectionSignature.COUNTS);
    if (counts.length != 1
        || boxes.length != 4 * scores.length
        || classes.length != scores.length) {
      throw new IllegalArgumentException(
          "outputs: expected a count, and a box, a score and a class for each place, but got "
              + counts.length
              + ", "
              + boxes.length / 4
              + ", "
              + scores.length
              + " and "
              + classes.length
              + ".");
    }
    // An inclusive box ends at the last of its pixels.
    float extra = conventions.inclusive() ? 1 : 0;
    List<FoundObject> found = new ArrayList<>();
    for (int i = 0; i < Math.min(Math.round(counts[0]), scores.length); i++) {
      float[] box = {
        boxes[4 * i + 1] * width,
        boxes[4 * i] * height,
        boxes[4 * i + 3] * width - extra,
        boxes[4 * i + 2] * height - extra
      };
      int label = Math.max(0, Math.round(classes[i]) - 1);
      found.add(new FoundObject(box, label, scores[i], mask(i, scores.length)));
    }
    found.sort(Comparator.comparingDouble(FoundObject::score).reversed());
    return found;
  }

  private float[] finite(String name) {
    TensorValue value = outputs.get(name);
    Optional<String> place = value.notFinite();
    if (place.isPresent()) {
      throw new NotFiniteException(
          "outputs: expected finite numbers from the model, but its output '"
              + name
              + "' has "
              + place.get()
              + "; its weights may be damaged.");
    }
    return value.floats();
  }

  // Masks of a whole image, as some models have, are not those of a box.
  private Optional<float[]> mask(int place, int places) {
    TensorValue masks = outputs.get(DetectionSignature.MASKS);
    if (masks == null || !(masks.data() instanceof float[] all)) {
      return Optional.empty();
    }
    Shape shape = masks.shape();
    if (shape.numDimensions() != 4 || shape.get(1) != places || shape.get(2) != shape.get(3)) {
      return Optional.empty();
    }
    int cells = Math.toIntExact(shape.get(2) * shape.get(3));
    return Optional.of(Arrays.copyOfRange(all, place * cells, (place + 1) * cells));
  }
}
