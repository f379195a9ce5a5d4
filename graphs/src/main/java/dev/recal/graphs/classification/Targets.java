package dev.recal.graphs.classification;

import dev.recal.ops.BuildContext;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Computes the targets of the cross entropy from labels.
 *
 * @param smoothing spreads a share of each target over all classes
 * @param mixing mixes pairs of images and their targets
 * @param classWeights the factor of an image's loss for each class; empty for 1
 */
record Targets(LabelSmoothing smoothing, Mixing mixing, List<Double> classWeights) {

  /**
   * The input of the network and its targets.
   *
   * @param images (N, H, W, 3)
   * @param targets (N, classes), each row sums to 1
   * @param weights factors of the images' losses, (N)
   */
  record Prepared(
      Operand<TFloat32> images, Operand<TFloat32> targets, Optional<Operand<TFloat32>> weights) {}

  Targets {
    classWeights = List.copyOf(classWeights);
  }

  /** One-hot targets. */
  static Targets plain() {
    return new Targets(new LabelSmoothing(0), Mixing.none(), List.of());
  }

  /**
   * Returns the targets of a run's settings.
   *
   * @param classWeights one for each class, or none
   */
  static Targets of(ClassificationSettings settings, List<Double> classWeights) {
    return new Targets(
        new LabelSmoothing(settings.labelSmoothing()),
        new Mixing(settings.mixup().map(Mixup::new), settings.cutmix().map(CutMix::new)),
        classWeights);
  }

  /** Adds the operations. */
  Prepared prepare(BuildContext context, Batch batch, int classes) {
    BuildContext inner = context.at("targets");
    Ops tf = inner.tf();
    Operand<TFloat32> targets = smoothing.apply(tf, batch.labels(), classes);
    if (classWeights.isEmpty()) {
      Mixup.Mixed mixed = mixing.apply(inner, batch.images(), targets);
      return new Prepared(mixed.images(), mixed.labels(), Optional.empty());
    }
    float[] factors = new float[classes];
    for (int label = 0; label < classes; label++) {
      factors[label] = classWeights.get(label).floatValue();
    }
    Operand<TFloat32> weights = tf.gather(tf.constant(factors), batch.labels(), tf.constant(0));
    // One column more, so that a mixed image has the mixed weight of its two classes.
    Operand<TFloat32> columns =
        tf.concat(List.of(targets, tf.expandDims(weights, tf.constant(1))), tf.constant(1));
    Mixup.Mixed mixed = mixing.apply(inner, batch.images(), columns);
    return new Prepared(
        mixed.images(),
        tf.slice(
            mixed.labels(), tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, classes})),
        Optional.of(tf.gather(mixed.labels(), tf.constant(classes), tf.constant(1))));
  }
}
