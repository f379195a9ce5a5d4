package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.Preparation;
import dev.recal.graphs.data.targets.Geometry;
import dev.recal.ops.image.Placement;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * An image that is prepared, then padded, cropped and mirrored.
 *
 * @param random its random numbers, (1, {@link BatchGraph#COLUMNS})
 */
record PadCropGeometry(
    Preparation preparation, Augmentation.PadCropFlip crop, Operand<TFloat32> random)
    implements Geometry {

  @Override
  public Placement placement(Ops tf, Operand<TInt32> sides) {
    Placement cut = BatchGraph.padCropFlipPlacement(tf, random, crop, preparation.width());
    return preparation.placement(tf, sides).then(tf, cut);
  }

  @Override
  public Operand<TInt32> canvas(Ops tf) {
    return tf.constant(new int[] {preparation.height(), preparation.width()});
  }

  @Override
  public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
    Operand<TUint8> prepared = tf.expandDims(preparation.apply(tf, image), tf.constant(0));
    Operand<TUint8> store = BatchGraph.withZeroImage(tf, prepared, preparation);
    Operand<TUint8> cut =
        BatchGraph.padCropFlip(tf, store, tf.constant(new int[] {0}), random, crop, preparation);
    return tf.reshape(cut, tf.constant(new int[] {preparation.height(), preparation.width(), 3}));
  }
}
