package dev.recal.graphs.detection;

import dev.recal.ops.detection.Suppression;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The objects found in N images, by falling score; K of each at most. What is behind an image's
 * count is padding, and 0.
 *
 * @param boxes (N, K, 4), clipped to the images
 * @param scores (N, K), probabilities
 * @param classes (N, K), from 0, without background
 * @param counts (N): the number of detections
 * @param masks (N, K, M, M): for each cell of the box, the probability that it belongs to the
 *     object; empty for detectors without masks
 */
public record Detections(
    Operand<TFloat32> boxes,
    Operand<TFloat32> scores,
    Operand<TInt32> classes,
    Operand<TInt32> counts,
    Optional<Operand<TFloat32>> masks) {

  /** Rejects missing values. */
  public Detections {
    Objects.requireNonNull(boxes, "boxes");
    Objects.requireNonNull(scores, "scores");
    Objects.requireNonNull(classes, "classes");
    Objects.requireNonNull(counts, "counts");
    Objects.requireNonNull(masks, "masks");
  }

  static Detections of(Suppression.Kept kept, Optional<Operand<TFloat32>> masks) {
    return new Detections(
        kept.boxes().boxes(), kept.scores(), kept.classes(), kept.counts(), masks);
  }
}
