package dev.recal.ops.skip;

import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.JointBatchNorm;

/**
 * The initialisation of the groups' weights.
 *
 * @param spectral whether every kernel is divided by its largest singular value
 * @param kernel the kernels' initial values
 * @param gamma the initial γ of the batch norms
 */
record GroupWeights(boolean spectral, Initializer kernel, Initializer gamma) {

  /** He-normal by fan-out, γ = 1, without spectral norm. */
  static final GroupWeights PLAIN =
      new GroupWeights(false, VarianceScaling.heNormalFanOut(), Initializer.ones());

  JointBatchNorm norm() {
    return new JointBatchNorm(BatchNorm.defaults(), gamma);
  }
}
