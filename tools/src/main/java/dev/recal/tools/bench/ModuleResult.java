package dev.recal.tools.bench;

import dev.recal.graphs.training.Precision;

/**
 * The cost of one module at one stage, measured together with its plain block.
 *
 * @param subject the module
 * @param stage the maps
 * @param batch images
 * @param precision the number format
 * @param block the block with the module
 * @param plain the block without
 */
public record ModuleResult(
    ModuleSubject subject,
    BlockStage stage,
    int batch,
    Precision precision,
    Cost block,
    Cost plain) {

  /**
   * The cost of a block.
   *
   * @param forwardSeconds median of a run of the exported form
   * @param stepSeconds median of a forward and backward pass in training
   * @param forwardBytes peak memory of the former, see {@link RunMemory}
   * @param stepBytes peak memory of the latter
   */
  public record Cost(
      double forwardSeconds, double stepSeconds, long forwardBytes, long stepBytes) {}

  /** Returns the time of the exported form over the plain block's. */
  public double forwardRatio() {
    return block.forwardSeconds() / plain.forwardSeconds();
  }

  /** Returns the time of a forward and backward pass over the plain block's. */
  public double stepRatio() {
    return block.stepSeconds() / plain.stepSeconds();
  }

  /** Returns the memory of a run of the exported form over the plain block's. */
  public double forwardBytesRatio() {
    return (double) block.forwardBytes() / plain.forwardBytes();
  }

  /** Returns the memory of a forward and backward pass over the plain block's. */
  public double stepBytesRatio() {
    return (double) block.stepBytes() / plain.stepBytes();
  }
}
