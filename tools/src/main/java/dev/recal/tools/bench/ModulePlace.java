package dev.recal.tools.bench;

import dev.recal.ops.SkipLayer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.Norm;

/**
 * The position of a module in a block, which determines the plain block.
 *
 * <table>
 * <caption>S: the stage's size; C: the channels of its 3×3.</caption>
 * <tr><th>place</th><th>plain block</th><th>with the module</th></tr>
 * <tr><td>norm</td><td>relu(BN(3×3 x)), S²×C</td><td>relu(module(3×3 x))</td></tr>
 * <tr><td>spatial</td><td>the same</td><td>relu(BN(module(x)))</td></tr>
 * <tr><td>gate</td><td>relu(BN(1×1 x)), S²×C to S²×4C</td><td>relu(module(BN(1×1 x)))</td></tr>
 * <tr><td>skip</td><td>that of norm</td><td>module(low, relu(BN(3×3 x))), low (S/4)²×4C</td></tr>
 * </table>
 */
public enum ModulePlace {
  /** Replaces the batch norm after the 3×3 convolution. */
  NORM,
  /** Replaces the 3×3 convolution. */
  SPATIAL,
  /** At the end of the branch, after the last 1×1 convolution and its batch norm. */
  GATE,
  /** After the block, with a source of a quarter of its resolution. */
  SKIP;

  /** Returns the position of a kind of module. */
  public static ModulePlace of(Object module) {
    if (module instanceof SkipLayer) {
      return SKIP;
    }
    if (module instanceof Norm) {
      return NORM;
    }
    return module instanceof SpatialLayer ? SPATIAL : GATE;
  }

  /** Returns the channels of the block's output. */
  public int channels(BlockStage stage) {
    return this == GATE ? stage.outer() : stage.inner();
  }
}
