package dev.recal.graphs.synthesis.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A differentiable perceptual distance of two images. */
public interface ImageDistance extends AutoCloseable {

  /**
   * Adds the operations for pairs of images. May be called any number of times.
   *
   * @param images (N, S, S, 3) in −1..1
   * @param targets of the same shape
   * @return (N), 0 for equal images, never negative
   */
  Operand<TFloat32> between(Ops tf, Operand<TFloat32> images, Operand<TFloat32> targets);

  /** Returns a short description for reports. */
  String description();

  /** Releases the source model; graphs that it was added to remain valid. */
  @Override
  default void close() {}
}
