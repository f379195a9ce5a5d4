package dev.recal.graphs.data.targets;

import dev.recal.ops.image.Placement;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The geometry of one image: how it is resized, cropped and mirrored. */
public interface Geometry {

  /**
   * Returns the placement of the image in the delivered one.
   *
   * @param sides height and width of the image, (2)
   */
  Placement placement(Ops tf, Operand<TInt32> sides);

  /** Returns the height and width of the delivered image, (2). */
  Operand<TInt32> canvas(Ops tf);

  /**
   * Returns the height and width of the part of the delivered image that the image covers, at its
   * top left; the rest is padding.
   *
   * @param sides height and width of the image, (2)
   * @return (2)
   */
  default Operand<TInt32> size(Ops tf, Operand<TInt32> sides) {
    return canvas(tf);
  }

  /**
   * Applies the same geometry to another image of the same size; pixels beyond its border are 0.
   *
   * @param image (height, width, 3)
   */
  Operand<TUint8> apply(Ops tf, Operand<TUint8> image);
}
