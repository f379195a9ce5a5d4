package dev.recal.graphs.network;

/** Where in a block the recalibration is; each family documents its blocks' places. */
public enum RecalibrationPlace {
  /** At the end of the branch, before the addition. */
  BRANCH_END,
  /** After the spatial convolution, its norm and its activation, if any. */
  SPATIAL,
  /** After the addition and its activation. */
  AFTER_ADDITION
}
