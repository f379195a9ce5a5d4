package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.AnchorOutput;
import dev.recal.graphs.detection.PaddedImages;
import dev.recal.graphs.detection.RetinaNet;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Replicas;
import dev.recal.ops.detection.Assigner;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.DeltaCoding;
import dev.recal.ops.detection.Pyramid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The losses of RetinaNet (Lin et al. 2017, arXiv 1708.02002) on all anchors that are not ignored:
 * the focal loss −α_t (1 − p_t)^γ log p_t of every class, α 0.25, γ 2, and the distance of the
 * boxes of those with an object. Both are divided by the number of anchors with an object: of the
 * batch, or in torchvision of each image, whose mean is then taken; at least 1.
 *
 * @param net whose losses these are
 */
record RetinaNetLoss(RetinaNet net) {

  private static final float ALPHA = 0.25f;

  Map<String, Operand<TFloat32>> build(
      BuildContext context, Operand<TFloat32> images, GroundTruths truths) {
    Ops tf = context.at("loss").tf();
    Conventions conventions = net.conventions();
    Pyramid levels = net.features(context, PaddedImages.of(tf, net, images, truths.sizes()));
    AnchorOutput output = AnchorOutput.joined(tf, net.anchorOutputs(context, levels));
    Operand<TFloat32> anchors = tf.concat(net.anchors(tf, levels), tf.constant(0));
    Operand<TFloat32> each = tf.expandDims(anchors, tf.constant(0));
    Assigner.Assignment assignment =
        Assigner.retina(conventions).build(tf, BoxSet.of(each), truths.boxes());
    Operand<TBool> isPositive = tf.math.equal(assignment.labels(), tf.constant(1));
    Operand<TFloat32> positive = tf.dtypes.cast(isPositive, TFloat32.class);
    Operand<TFloat32> used =
        tf.dtypes.cast(tf.math.greaterEqual(assignment.labels(), tf.constant(0)), TFloat32.class);

    Operand<TInt32> labels = Rows.ofImages(tf, truths.labels(), assignment.truths());
    Operand<TFloat32> classes =
        tf.oneHot(
            tf.select(isPositive, labels, tf.constant(-1)),
            tf.constant(net.classes()),
            tf.constant(1f),
            tf.constant(0f));
    Operand<TInt32> last = tf.constant(-1);
    Operand<TFloat32> focal = tf.sum(focal(tf, output.logits(), classes), last);

    Operand<TFloat32> targets =
        tf.stopGradient(
            DeltaCoding.unscaled(conventions)
                .encode(tf, each, Rows.ofImages(tf, truths.boxes().boxes(), assignment.truths())));
    Operand<TFloat32> distance =
        tf.sum(SmoothL1.retina(conventions).build(tf, tf.math.sub(output.deltas(), targets)), last);

    Map<String, Operand<TFloat32>> losses = new LinkedHashMap<>();
    Replicas replicas = context.replicas();
    losses.put("classes", divided(tf, replicas, tf.math.mul(focal, used), positive));
    // What is not positive may be far from its target, but not infinite or NaN.
    losses.put("boxes", divided(tf, replicas, tf.math.mul(distance, positive), positive));
    return losses;
  }

  /** Returns the focal loss of each logit, for targets of 0 and 1. */
  static Operand<TFloat32> focal(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> p = tf.math.sigmoid(logits);
    Operand<TFloat32> opposite = tf.math.sub(one, targets);
    // 1 − p_t and α_t.
    Operand<TFloat32> missing =
        tf.math.add(tf.math.mul(targets, tf.math.sub(one, p)), tf.math.mul(opposite, p));
    Operand<TFloat32> alpha =
        tf.math.add(
            tf.math.mul(targets, tf.constant(ALPHA)),
            tf.math.mul(opposite, tf.constant(1 - ALPHA)));
    return tf.math.mul(
        tf.math.mul(alpha, tf.math.square(missing)), Entropies.binary(tf, logits, targets));
  }

  private Operand<TFloat32> divided(
      Ops tf, Replicas replicas, Operand<TFloat32> values, Operand<TFloat32> positive) {
    Operand<TFloat32> one = tf.constant(1f);
    if (net.conventions() != Conventions.TORCHVISION) {
      // The batch is that of all replicas: the mean of their losses is its loss.
      Operand<TFloat32> all = replicas.sum(tf, Entropies.sum(tf, positive));
      Operand<TFloat32> own =
          tf.math.mul(Entropies.sum(tf, values), tf.constant((float) replicas.size()));
      return tf.math.div(own, tf.math.maximum(all, one));
    }
    Operand<TInt32> row = tf.constant(1);
    Operand<TFloat32> ofImages =
        tf.math.div(tf.sum(values, row), tf.math.maximum(tf.sum(positive, row), one));
    return tf.math.mean(ofImages, tf.constant(0));
  }
}
