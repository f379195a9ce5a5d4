package dev.recal.tools.bench;

import java.util.List;

/**
 * The maps of one stage of a bottleneck network.
 *
 * @param number of the stage, from 1
 * @param size rows and columns
 * @param inner channels of the 3×3; the block's output has four times as many
 */
public record BlockStage(int number, int size, int inner) {

  private static final int EXPANSION = 4;

  /** ResNet-50 on 224×224 images. */
  public static final List<BlockStage> RESNET50 =
      List.of(
          new BlockStage(1, 56, 64),
          new BlockStage(2, 28, 128),
          new BlockStage(3, 14, 256),
          new BlockStage(4, 7, 512));

  /** Rejects sizes and channels below 1. */
  public BlockStage {
    if (size < 1 || inner < 1) {
      throw new IllegalArgumentException(
          "stage: expected a size and channels of at least 1, but got "
              + size
              + " and "
              + inner
              + ".");
    }
  }

  /** Returns the channels of the block's output. */
  public int outer() {
    return EXPANSION * inner;
  }
}
