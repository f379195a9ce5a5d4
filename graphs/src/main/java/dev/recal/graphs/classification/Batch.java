package dev.recal.graphs.classification;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch of a pipeline.
 *
 * @param images (N, H, W, 3) in 0–1
 * @param labels int32 (N)
 */
record Batch(Operand<TFloat32> images, Operand<TInt32> labels) {}
