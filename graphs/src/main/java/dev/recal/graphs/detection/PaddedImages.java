package dev.recal.graphs.detection;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Temporary. */
public final class PaddedImages {

  private PaddedImages() {}

  /** Returns the images. */
  public static Operand<TFloat32> of(
      Ops tf, Detector detector, Operand<TFloat32> images, Operand<TFloat32> sizes) {
    return images;
  }
}
