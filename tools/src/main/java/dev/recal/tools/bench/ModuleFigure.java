package dev.recal.tools.bench;

import dev.recal.graphs.training.Precision;

/**
 * What one module costs at one stage, beside its plain block in the same minute.
 *
 * @param subject the module
 * @param stage the maps
 * @param batch images
 * @param precision the number format
 * @param block the block with the module
 * @param plain the block without
 */
public record ModuleFigure(
    ModuleSubject subject,
    BlockStage stage,
    int batch,
    Precision precision,
    Cost block,
    Cost plain) {

  /**
   * What a block costs.
   *
   * @param forwardSeconds median of a run of the exported form
   * @param stepSeconds median of a forward and backward pass in training
   * @param forwardBytes the most that the former holds at once, see {@link RunMemory}
   * @param stepBytes the most that the latter holds at once
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
