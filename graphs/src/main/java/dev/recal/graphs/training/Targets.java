package dev.recal.graphs.training;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** How labels become what the cross entropy compares with. */
@FunctionalInterface
interface Targets {

  /**
   * A batch ready for the network.
   *
   * @param images (N, H, W, 3)
   * @param targets (N, classes), each row sums to 1
   */
  record Prepared(Operand<TFloat32> images, Operand<TFloat32> targets) {}

  /** Adds the operations. */
  Prepared prepare(BuildContext context, Batch batch, int classes);

  /** The label's class and no other. */
  static Targets plain() {
    return (context, batch, classes) ->
        new Prepared(batch.images(), oneHot(context.at("targets").tf(), batch, classes));
  }

  private static Operand<TFloat32> oneHot(Ops tf, Batch batch, int classes) {
    return tf.oneHot(batch.labels(), tf.constant(classes), tf.constant(1f), tf.constant(0f));
  }
}
