package dev.recal.ops;

/** Whether a graph is built for training or for inference. */
public enum Phase {
  /** Batch statistics are used and update the moving statistics; dropout is active. */
  TRAINING,
  /** Stored statistics are used; nothing is random and nothing is written. */
  INFERENCE
}
