package dev.recal.graphs.network;

/**
 * A stage of inverted residuals.
 *
 * @param expansion the inner channels as a multiple of a block's input
 * @param channels of the stage, before the width multiplier
 * @param repeats blocks
 * @param stride of the first block, 1 or 2
 */
public record InvertedStage(int expansion, int channels, int repeats, int stride) {

  /** Rejects counts below 1 and strides above 2. */
  public InvertedStage {
    NetworkChecks.requirePositive("expansion", expansion);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("repeats", repeats);
    if (stride != 1 && stride != 2) {
      throw new IllegalArgumentException("stride: expected 1 or 2, but got " + stride + ".");
    }
  }
}
