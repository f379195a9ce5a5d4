package dev.recal.graphs.network;

/**
 * How training computes batch norm followed by a gate, and attentive norm over it. Variables,
 * statistics, published values and everything but training are the same in either form; training
 * differs by rounding.
 */
public enum Fusion {
  /** Operation after operation: the reference. */
  NAIVE,
  /** Batch norm with its gate, the addition and the activation as one operation on the map. */
  GATES,
  /**
   * Attentive norm over batch norm as well. In float32 it agrees with the reference like gates do;
   * after the rewrite to bfloat16 it was further from float32 than the reference is, in training a
   * ResNet on maps of 8×8 and less by 1.6 times in the mean of six seeds and 4.4 at worst.
   */
  FUSED
}
