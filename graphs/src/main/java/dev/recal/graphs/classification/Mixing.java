package dev.recal.graphs.classification;

import dev.recal.ops.BuildContext;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * How images of a batch are mixed: by mixup, by CutMix, or, if both are given, by one of them for
 * each batch with probability one half, as in timm.
 */
record Mixing(Optional<Mixup> mixup, Optional<CutMix> cutMix) {

  Mixing {
    Objects.requireNonNull(mixup, "mixup");
    Objects.requireNonNull(cutMix, "cutMix");
  }

  static Mixing none() {
    return new Mixing(Optional.empty(), Optional.empty());
  }

  boolean isNone() {
    return mixup.isEmpty() && cutMix.isEmpty();
  }

  /**
   * Adds the operations.
   *
   * @param images n×height×width×channels
   * @param labels n×columns, mixed alike
   */
  Mixup.Mixed apply(BuildContext context, Operand<TFloat32> images, Operand<TFloat32> labels) {
    Ops tf = context.tf();
    Optional<Mixup.Mixed> whole =
        mixup.map(mix -> mix.apply(tf, images, labels, context.seed("mixup")));
    Optional<Mixup.Mixed> cut =
        cutMix.map(mix -> mix.apply(tf, images, labels, context.seed("cutmix")));
    if (whole.isEmpty() || cut.isEmpty()) {
      return whole.or(() -> cut).orElseGet(() -> new Mixup.Mixed(images, labels));
    }
    Operand<TFloat32> drawn =
        tf.random.statelessRandomUniform(tf.constant(new int[0]), context.seed("mixing"));
    Operand<TBool> cuts = tf.math.less(drawn, tf.constant(0.5f));
    return new Mixup.Mixed(
        tf.select(cuts, cut.get().images(), whole.get().images()),
        tf.select(cuts, cut.get().labels(), whole.get().labels()));
  }
}
