package dev.recal.graphs.classification;

import dev.recal.ops.BuildContext;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Computes the targets of the cross entropy from labels.
 *
 * @param smoothing spreads a share of each target over all classes
 * @param mixup mixes pairs of images and their targets
 */
record Targets(LabelSmoothing smoothing, Optional<Mixup> mixup) {

  /**
   * The input of the network and its targets.
   *
   * @param images (N, H, W, 3)
   * @param targets (N, classes), each row sums to 1
   */
  record Prepared(Operand<TFloat32> images, Operand<TFloat32> targets) {}

  /** One-hot targets. */
  static Targets plain() {
    return new Targets(new LabelSmoothing(0), Optional.empty());
  }

  /** Returns the targets of a run's settings. */
  static Targets of(ClassificationSettings settings) {
    return new Targets(
        new LabelSmoothing(settings.labelSmoothing()), settings.mixup().map(Mixup::new));
  }

  /** Adds the operations. */
  Prepared prepare(BuildContext context, Batch batch, int classes) {
    BuildContext inner = context.at("targets");
    Ops tf = inner.tf();
    Operand<TFloat32> targets = smoothing.apply(tf, batch.labels(), classes);
    if (mixup.isEmpty()) {
      return new Prepared(batch.images(), targets);
    }
    Mixup.Mixed mixed = mixup.get().apply(tf, batch.images(), targets, inner.seed("mixup"));
    return new Prepared(mixed.images(), mixed.labels());
  }
}
