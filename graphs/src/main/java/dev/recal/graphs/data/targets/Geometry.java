package dev.recal.graphs.data.targets;

import dev.recal.ops.image.Placement;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** How one image comes to the size in which it is delivered: resized, cropped, mirrored. */
public interface Geometry {

  /**
   * Returns where the image lies in the delivered one.
   *
   * @param sides height and width of the image, (2)
   */
  Placement placement(Ops tf, Operand<TInt32> sides);

  /**
   * Brings another image of the same size to the same part of it, as it is done with the image
   * itself; what lies beyond its border is 0.
   *
   * @param image (height, width, 3)
   */
  Operand<TUint8> apply(Ops tf, Operand<TUint8> image);
}
