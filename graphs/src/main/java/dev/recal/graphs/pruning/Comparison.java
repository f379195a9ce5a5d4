package dev.recal.graphs.pruning;

/** With which others a channel's score is compared when the lowest are pruned. */
public enum Comparison {
  /** With those of its own layer: every layer loses the same share. */
  WITHIN_LAYERS,
  /**
   * With those of all layers: a layer whose gates are low loses more, up to all of its channels.
   */
  ACROSS_LAYERS
}
