package dev.recal.graphs.classification;

import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.objective.Outputs;
import dev.recal.ops.BuildContext;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Computes what the loss compares outputs with from the targets of images.
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
   * @param targets (N, K); of one class each row sums to 1
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

  /**
   * Adds the operations.
   *
   * @param classes the number of outputs
   * @param outputs what they mean
   */
  Prepared prepare(BuildContext context, Batch batch, int classes, Outputs outputs) {
    BuildContext inner = context.at("targets");
    Ops tf = inner.tf();
    Operand<TFloat32> targets = of(tf, batch.targets(), classes, outputs);
    if (classWeights.isEmpty()) {
      Mixup.Mixed mixed = mixing.apply(inner, batch.images(), targets);
      return new Prepared(mixed.images(), mixed.labels(), Optional.empty());
    }
    float[] factors = new float[classes];
    for (int label = 0; label < classes; label++) {
      factors[label] = classWeights.get(label).floatValue();
    }
    Operand<TInt32> labels = ((TargetBatch.Classes) batch.targets()).labels();
    Operand<TFloat32> weights = tf.gather(tf.constant(factors), labels, tf.constant(0));
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

  private Operand<TFloat32> of(Ops tf, TargetBatch targets, int classes, Outputs outputs) {
    if (targets instanceof TargetBatch.Classes one) {
      return smoothing.apply(tf, one.labels(), classes);
    }
    if (targets instanceof TargetBatch.MultiClasses several) {
      return smoothing.each(tf, several.present());
    }
    if (targets instanceof TargetBatch.Numbers numbers && outputs.scales().isPresent()) {
      return outputs.scales().get().standardised(tf, numbers.values());
    }
    throw new IllegalStateException("targets: no loss compares " + targets + ".");
  }
}
