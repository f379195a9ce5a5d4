package dev.recal.ops;

/** Whether a graph is built to learn or to answer. */
public enum Phase {
  /** Batch statistics are used and update the moving ones; dropout drops. */
  TRAINING,
  /** Stored statistics are used; nothing is random and nothing is written. */
  INFERENCE
}
