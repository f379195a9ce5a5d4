package dev.recal.graphs.detection.loss;

import dev.recal.ops.Shapes;
import dev.recal.ops.detection.Assigner;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Sampler;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Regions that a head learns from: of each image, its ground-truth boxes and proposals, assigned to
 * objects and sampled; the positives of an image come first. Each has S regions, R = N · S.
 *
 * @param boxes (R, 4), without gradient
 * @param images (R): the index of each region's image
 * @param valid (R): the others fill an image up, and count nowhere
 * @param positive (R)
 * @param truths (R): the index of the object among those of its image
 * @param targets (R, 4): the box of that object
 * @param labels (R): its class from 0
 * @param proposed (R): false for a ground-truth box
 */
public record RegionSamples(
    Operand<TFloat32> boxes,
    Operand<TInt32> images,
    Operand<TBool> valid,
    Operand<TBool> positive,
    Operand<TInt32> truths,
    Operand<TFloat32> targets,
    Operand<TInt32> labels,
    Operand<TBool> proposed) {

  /**
   * Samples regions.
   *
   * @param seed of shape (2)
   * @param conventions the meaning of the coordinates
   * @param overlap from which a region is an object's
   * @param proposals (N, P, 4)
   */
  public static RegionSamples of(
      Ops tf,
      Operand<TInt64> seed,
      Conventions conventions,
      float overlap,
      Sampler sampler,
      BoxSet proposals,
      GroundTruths truths) {
    Operand<TInt32> row = tf.constant(1);
    Operand<TFloat32> trueBoxes = truths.boxes().boxes();
    // Objects are assigned to themselves, so only proposals are compared.
    Assigner.Assignment assignment =
        Assigner.boxHead(conventions, overlap).build(tf, proposals, truths.boxes());
    Operand<TInt32> own = tf.select(truths.included(), tf.constant(1), tf.constant(-1));
    Operand<TInt32> labels = tf.concat(List.of(own, assignment.labels()), row);
    Operand<TInt32> indices = tf.concat(List.of(places(tf, own), assignment.truths()), row);
    Operand<TFloat32> boxes =
        tf.stopGradient(tf.concat(List.of(trueBoxes, proposals.boxes()), row));
    Sampler.Sample sample = sampler.build(tf, seed, labels);
    Operand<TInt32> truth = Rows.ofImages(tf, indices, sample.indices());
    Operand<TInt32> places = Shapes.size(tf, own, 1);
    return new RegionSamples(
        Rows.flat(tf, Rows.ofImages(tf, boxes, sample.indices())),
        Rows.images(tf, sample.indices()),
        Rows.flat(tf, sample.valid()),
        Rows.flat(tf, sample.positive()),
        Rows.flat(tf, truth),
        Rows.flat(tf, Rows.ofImages(tf, trueBoxes, truth)),
        Rows.flat(tf, Rows.ofImages(tf, truths.labels(), truth)),
        Rows.flat(tf, tf.math.greaterEqual(sample.indices(), places)));
  }

  // 0, 1, … for each image.
  private static Operand<TInt32> places(Ops tf, Operand<TInt32> own) {
    Operand<TInt32> each = tf.range(tf.constant(0), Shapes.size(tf, own, 1), tf.constant(1));
    return tf.math.add(tf.zerosLike(own), each);
  }

  /** Returns 1 for valid regions and 0 for others, (R). */
  Operand<TFloat32> weights(Ops tf) {
    return tf.dtypes.cast(valid, TFloat32.class);
  }
}
