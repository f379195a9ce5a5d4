package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.AnchorOutput;
import dev.recal.ops.detection.Assigner;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.DeltaCoding;
import dev.recal.ops.detection.Sampler;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The losses of region proposals (Ren et al. 2015, arXiv 1506.01497): of sampled anchors, the
 * binary cross entropy of having an object, and the smooth L1 of the box's differences; both summed
 * and divided by the number of samples of the batch.
 *
 * <p>In {@link Conventions#LEGACY} anchors that cross the border of their image are not sampled. In
 * mmdetection an image without positive or without negative samples counts one more; in torchvision
 * it does not.
 *
 * @param conventions the meaning of the coordinates
 * @param sampler of anchors
 */
public record ProposalLoss(Conventions conventions, Sampler sampler) {

  /** Rejects missing settings. */
  public ProposalLoss {
    Objects.requireNonNull(conventions, "conventions");
    Objects.requireNonNull(sampler, "sampler");
  }

  /**
   * The two losses, scalars.
   *
   * @param objectness of the logits
   * @param boxes of the differences
   */
  public record Value(Operand<TFloat32> objectness, Operand<TFloat32> boxes) {}

  /**
   * Adds the losses.
   *
   * @param seed of shape (2), for sampling
   * @param output of all levels, {@link AnchorOutput#joined}, of one class
   * @param anchors of all levels, (A, 4)
   */
  public Value build(
      Ops tf,
      Operand<TInt64> seed,
      AnchorOutput output,
      Operand<TFloat32> anchors,
      GroundTruths truths) {
    Assigner.Assignment assignment =
        Assigner.proposals(conventions).build(tf, candidates(tf, anchors, truths), truths.boxes());
    Sampler.Sample sample = sampler.build(tf, seed, assignment.labels());
    Operand<TFloat32> positive = tf.dtypes.cast(sample.positive(), TFloat32.class);
    Operand<TFloat32> valid = tf.dtypes.cast(sample.valid(), TFloat32.class);
    Operand<TFloat32> count = count(tf, positive, valid);

    Operand<TInt32> last = tf.constant(-1);
    Operand<TFloat32> logits =
        tf.squeeze(
            Rows.ofImages(tf, output.logits(), sample.indices()), Squeeze.axis(List.of(-1L)));
    Operand<TFloat32> entropy = Entropies.binary(tf, logits, positive);

    Operand<TFloat32> deltas = Rows.ofImages(tf, output.deltas(), sample.indices());
    Operand<TInt32> truth = Rows.ofImages(tf, assignment.truths(), sample.indices());
    Operand<TFloat32> targets =
        tf.stopGradient(
            DeltaCoding.unscaled(conventions)
                .encode(
                    tf,
                    Rows.shared(tf, anchors, sample.indices()),
                    Rows.ofImages(tf, truths.boxes().boxes(), truth)));
    Operand<TFloat32> distance =
        SmoothL1.proposals(conventions).build(tf, tf.math.sub(deltas, targets));
    return new Value(
        tf.math.div(Entropies.weightedSum(tf, entropy, valid), count),
        tf.math.div(Entropies.weightedSum(tf, tf.sum(distance, last), positive), count));
  }

  private BoxSet candidates(Ops tf, Operand<TFloat32> anchors, GroundTruths truths) {
    Operand<TFloat32> each = tf.expandDims(anchors, tf.constant(0));
    if (conventions != Conventions.LEGACY) {
      return BoxSet.of(each);
    }
    Operand<TBool> inside =
        conventions.inside(tf, each, tf.expandDims(truths.sizes(), tf.constant(1)));
    return BoxSet.of(each, inside);
  }

  private Operand<TFloat32> count(Ops tf, Operand<TFloat32> positive, Operand<TFloat32> valid) {
    if (conventions == Conventions.TORCHVISION) {
      return tf.math.maximum(Entropies.sum(tf, valid), tf.constant(1f));
    }
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TInt32> slots = tf.constant(1);
    Operand<TFloat32> positives = tf.sum(positive, slots);
    Operand<TFloat32> negatives = tf.math.sub(tf.sum(valid, slots), positives);
    return Entropies.sum(
        tf, tf.math.add(tf.math.maximum(positives, one), tf.math.maximum(negatives, one)));
  }
}
