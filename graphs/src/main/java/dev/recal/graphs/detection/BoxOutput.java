package dev.recal.graphs.detection;

import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a box head predicts for R regions.
 *
 * @param logits (R, classes and background); see {@link ClassLayout}
 * @param deltas (R, classes, 4), or (R, 1, 4) if all classes share a box; see {@link
 *     dev.recal.ops.detection.DeltaCoding}
 */
public record BoxOutput(Operand<TFloat32> logits, Operand<TFloat32> deltas) {

  /** Rejects missing values. */
  public BoxOutput {
    Objects.requireNonNull(logits, "logits");
    Objects.requireNonNull(deltas, "deltas");
  }
}
