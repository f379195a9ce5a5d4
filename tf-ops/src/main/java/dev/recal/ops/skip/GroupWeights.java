package dev.recal.ops.skip;

import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.JointBatchNorm;

/**
 * What the weights of groups start at.
 *
 * @param spectral whether every kernel is divided by its largest singular value
 * @param kernel the kernels' first values
 * @param gamma the batch norms' first γ
 */
record GroupWeights(boolean spectral, Initializer kernel, Initializer gamma) {

  /** He-normal by fan-out, γ = 1, without spectral norm. */
  static final GroupWeights PLAIN =
      new GroupWeights(false, VarianceScaling.heNormalFanOut(), Initializer.ones());

  JointBatchNorm norm() {
    return new JointBatchNorm(BatchNorm.defaults(), gamma);
  }
}
