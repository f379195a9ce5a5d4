package dev.recal.graphs.pruning;

/** The channels with which a channel's score is compared when the lowest are pruned. */
public enum Comparison {
  /** Channels of the same layer: every layer loses the same share. */
  WITHIN_LAYERS,
  /** Those of all layers: a layer whose gates are low loses more, up to all of its channels. */
  ACROSS_LAYERS
}
