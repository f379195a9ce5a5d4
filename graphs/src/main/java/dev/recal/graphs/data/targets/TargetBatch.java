package dev.recal.graphs.data.targets;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The targets of a batch of n items, as operands of the graph. */
public sealed interface TargetBatch {

  /**
   * One class an item.
   *
   * @param labels indices into the class names, (n)
   */
  record Classes(Operand<TInt32> labels) implements TargetBatch {}

  /**
   * Any number of classes an item.
   *
   * @param present 1 for each class that an item has and 0 for the others, (n, classes)
   */
  record MultiClasses(Operand<TFloat32> present) implements TargetBatch {}

  /**
   * Numbers.
   *
   * @param values in the order of their names, (n, numbers)
   */
  record Numbers(Operand<TFloat32> values) implements TargetBatch {}

  /** None. */
  record None() implements TargetBatch {}

  /**
   * Objects, in m places for each image, of which the first {@code counts} are used.
   *
   * @param boxes top, left, bottom and right in pixels of the delivered image, within the image
   *     without padding; zeros in unused places, (n, m, 4)
   * @param labels indices into the class names; −1 in unused places, (n, m)
   * @param crowds whether a box surrounds several objects as a group, (n, m)
   * @param counts objects of each image, (n)
   * @param sizes height and width of each image in pixels of the delivered image, without padding,
   *     which is at the bottom and at the right, (n, 2)
   * @param originals height and width of each stored image in pixels, (n, 2). A place in an image
   *     that is neither cropped nor mirrored is {@code delivered · original / size} in the stored
   *     one
   * @param items index of each image among the items of its data set, (n)
   * @param masks 1 on the object, in the requested form; zeros in unused places, (n, m, rows,
   *     columns)
   */
  record Objects(
      Operand<TFloat32> boxes,
      Operand<TInt32> labels,
      Operand<TBool> crowds,
      Operand<TInt32> counts,
      Operand<TFloat32> sizes,
      Operand<TFloat32> originals,
      Operand<TInt32> items,
      Optional<Operand<TUint8>> masks)
      implements TargetBatch {}

  /**
   * A second image an item.
   *
   * @param images (n, height, width, 3) in 0–1
   */
  record Images(Operand<TFloat32> images) implements TargetBatch {}
}
