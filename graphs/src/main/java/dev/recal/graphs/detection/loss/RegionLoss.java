package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.BoxOutput;
import dev.recal.graphs.detection.ClassLayout;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.DeltaCoding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The losses of a box head on sampled regions (Girshick 2015, arXiv 1504.08083): the cross entropy
 * of the class, and for regions with an object the smooth L1 of the differences of its class's box;
 * both summed and divided by the number of all sampled regions.
 *
 * @param conventions the meaning of the coordinates
 * @param layout the place of each class
 * @param coding of the boxes
 */
public record RegionLoss(Conventions conventions, ClassLayout layout, DeltaCoding coding) {

  /**
   * The two losses, scalars.
   *
   * @param classes of the logits
   * @param boxes of the differences
   */
  public record Value(Operand<TFloat32> classes, Operand<TFloat32> boxes) {}

  /**
   * Adds the losses.
   *
   * @param output of the head for the regions
   */
  public Value build(Ops tf, BoxOutput output, RegionSamples regions) {
    Operand<TFloat32> weights = regions.weights(tf);
    Operand<TFloat32> count = tf.math.maximum(Entropies.sum(tf, weights), tf.constant(1f));
    Operand<TInt32> labels = labels(tf, regions);
    Operand<TFloat32> entropy =
        Entropies.softmax(
            tf,
            output.logits(),
            tf.select(regions.positive(), labels, tf.constant(layout.background())));
    Operand<TFloat32> targets =
        tf.stopGradient(coding.encode(tf, regions.boxes(), regions.targets()));
    Operand<TFloat32> distance =
        SmoothL1.regions(conventions)
            .build(tf, tf.math.sub(ofClass(tf, output.deltas(), labels), targets));
    Operand<TFloat32> positive = tf.dtypes.cast(regions.positive(), TFloat32.class);
    return new Value(
        tf.math.div(Entropies.weightedSum(tf, entropy, weights), count),
        tf.math.div(Entropies.weightedSum(tf, tf.sum(distance, tf.constant(1)), positive), count));
  }

  // The label of a region without object is any class.
  private Operand<TInt32> labels(Ops tf, RegionSamples regions) {
    Operand<TInt32> known = tf.math.maximum(regions.labels(), tf.constant(0));
    return tf.math.add(known, tf.constant(layout.first()));
  }

  /** Returns the values of each region's class, (R, 4), from (R, classes, 4) or (R, 1, 4). */
  private static Operand<TFloat32> ofClass(
      Ops tf, Operand<TFloat32> deltas, Operand<TInt32> labels) {
    Operand<TInt32> one = tf.constant(1);
    if (deltas.shape().get(1) == 1) {
      return tf.reshape(deltas, tf.constant(new int[] {-1, 4}));
    }
    Operand<TFloat32> chosen =
        tf.gather(deltas, tf.expandDims(labels, one), one, Gather.batchDims(1L));
    return tf.reshape(chosen, tf.constant(new int[] {-1, 4}));
  }
}
