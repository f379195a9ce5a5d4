package dev.recal.graphs.detection;

import dev.recal.ops.detection.BoxSet;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The regions that a detector proposes, by falling score. No gradient flows through them.
 *
 * @param boxes (N, total, 4), clipped to the images; 0 for those that are not included
 * @param scores (N, total), probabilities; 0 for those that are not included
 */
public record Proposals(BoxSet boxes, Operand<TFloat32> scores) {

  /** Rejects missing values, and sets in which nothing says what is included. */
  public Proposals {
    Objects.requireNonNull(scores, "scores");
    if (boxes.included().isEmpty()) {
      throw new IllegalArgumentException("boxes: expected a set with padding, but got none.");
    }
  }
}
