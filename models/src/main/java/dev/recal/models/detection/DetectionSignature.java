package dev.recal.models.detection;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * A signature with the outputs of the TensorFlow Object Detection API.
 *
 * @param key its name
 * @param input the name of its only input
 * @param form what the input is
 */
record DetectionSignature(String key, String input, Form form) {

  static final String BOXES = "detection_boxes";
  static final String SCORES = "detection_scores";
  static final String CLASSES = "detection_classes";
  static final String COUNTS = "num_detections";
  static final String MASKS = "detection_masks";

  private static final int COORDINATES = 4;
  private static final int CHANNELS = 3;

  /** What a signature takes, the most useful first. */
  enum Form {
    /** A vector of image files. */
    FILES,
    /** Pixels from 0 to 255 of images of any size, as uint8. */
    LEVELS,
    /** Pixels from 0 to 1 of images of any size, as float32. */
    FRACTIONS
  }

  /** The signature of Recal's own models that takes files. */
  static DetectionSignature own() {
    return new DetectionSignature("detect_bytes", "image_bytes", Form.FILES);
  }

  /** Finds the signature that takes images in the most useful form. */
  static Optional<DetectionSignature> of(List<SignatureDescription> signatures) {
    return signatures.stream()
        .filter(DetectionSignature::finds)
        .flatMap(signature -> usable(signature).stream())
        .min(
            Comparator.comparing(DetectionSignature::form)
                .thenComparing((DetectionSignature found) -> !found.equals(own()))
                .thenComparing(DetectionSignature::key));
  }

  private static boolean finds(SignatureDescription signature) {
    Map<String, TensorDescription> outputs = signature.outputs();
    return isFloat(outputs.get(BOXES), 3)
        && isFloat(outputs.get(SCORES), 2)
        && isFloat(outputs.get(CLASSES), 2)
        && isFloat(outputs.get(COUNTS), 1)
        && last(outputs.get(BOXES).shape()) != 0;
  }

  private static Optional<DetectionSignature> usable(SignatureDescription signature) {
    if (signature.inputs().size() != 1) {
      return Optional.empty();
    }
    Map.Entry<String, TensorDescription> input = signature.inputs().entrySet().iterator().next();
    return formOf(input.getValue())
        .map(form -> new DetectionSignature(signature.key(), input.getKey(), form));
  }

  private static Optional<Form> formOf(TensorDescription input) {
    Shape shape = input.shape();
    if (input.type() == DataType.DT_STRING) {
      return isRank(shape, 1) ? Optional.of(Form.FILES) : Optional.empty();
    }
    boolean anySize = shape.isUnknown() || isRank(shape, 4) && isFree(shape);
    if (!anySize) {
      return Optional.empty();
    }
    return switch (input.type()) {
      case DT_UINT8 -> Optional.of(Form.LEVELS);
      case DT_FLOAT -> Optional.of(Form.FRACTIONS);
      default -> Optional.empty();
    };
  }

  private static boolean isFree(Shape images) {
    return images.get(1) == Shape.UNKNOWN_SIZE
        && images.get(2) == Shape.UNKNOWN_SIZE
        && (images.get(3) == CHANNELS || images.get(3) == Shape.UNKNOWN_SIZE);
  }

  private static boolean isFloat(TensorDescription output, int rank) {
    return output != null && output.type() == DataType.DT_FLOAT && isRank(output.shape(), rank);
  }

  private static boolean isRank(Shape shape, int rank) {
    return shape.isUnknown() || shape.numDimensions() == rank;
  }

  private static long last(Shape boxes) {
    long size = boxes.isUnknown() ? Shape.UNKNOWN_SIZE : boxes.get(2);
    return size == Shape.UNKNOWN_SIZE || size == COORDINATES ? COORDINATES : 0;
  }
}
