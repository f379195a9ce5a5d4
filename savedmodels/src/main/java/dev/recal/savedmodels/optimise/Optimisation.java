package dev.recal.savedmodels.optimise;

/** How a graph is written anew for answering. */
public enum Optimisation {
  /** Batch norms folded into the convolutions before them; all numbers stay float32. */
  FOLDED,
  /**
   * Folded, and convolutions, their kernels and all maps in bfloat16; inputs, outputs and vectors
   * stay float32.
   */
  BFLOAT16
}
