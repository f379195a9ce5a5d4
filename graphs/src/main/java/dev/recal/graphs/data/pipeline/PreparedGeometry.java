package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.Preparation;
import dev.recal.graphs.data.targets.Geometry;
import dev.recal.ops.image.Placement;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** An image that is only prepared. */
record PreparedGeometry(Preparation preparation) implements Geometry {

  @Override
  public Placement placement(Ops tf, Operand<TInt32> sides) {
    return preparation.placement(tf, sides);
  }

  @Override
  public Operand<TInt32> canvas(Ops tf) {
    return tf.constant(new int[] {preparation.height(), preparation.width()});
  }

  @Override
  public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
    return preparation.apply(tf, image);
  }
}
