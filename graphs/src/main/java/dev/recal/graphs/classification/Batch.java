package dev.recal.graphs.classification;

import dev.recal.graphs.data.targets.TargetBatch;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch of a pipeline.
 *
 * @param images (N, H, W, 3) in 0–1
 * @param targets of the images
 */
record Batch(Operand<TFloat32> images, TargetBatch targets) {

  /**
   * Images with one class each.
   *
   * @param labels int32 (N)
   */
  Batch(Operand<TFloat32> images, Operand<TInt32> labels) {
    this(images, new TargetBatch.Classes(labels));
  }
}
