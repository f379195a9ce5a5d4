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
   * @param boxes top, left, bottom and right in pixels of the delivered image, within it; zeros in
   *     unused places, (n, m, 4)
   * @param labels indices into the class names; −1 in unused places, (n, m)
   * @param crowds whether a box surrounds several objects as a group, (n, m)
   * @param counts objects of each image, (n)
   * @param masks 1 on the object, in the requested form; zeros in unused places, (n, m, rows,
   *     columns)
   */
  record Objects(
      Operand<TFloat32> boxes,
      Operand<TInt32> labels,
      Operand<TBool> crowds,
      Operand<TInt32> counts,
      Optional<Operand<TUint8>> masks)
      implements TargetBatch {}

  /**
   * A second image an item.
   *
   * @param images (n, height, width, 3) in 0–1
   */
  record Images(Operand<TFloat32> images) implements TargetBatch {}
}
