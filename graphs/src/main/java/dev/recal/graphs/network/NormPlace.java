package dev.recal.graphs.network;

/** The places of norms; each family documents which of them it has. */
public enum NormPlace {
  /** After every convolution of the stem. */
  STEM,
  /** After the first convolution of each block. */
  BN1,
  /** After the second convolution of each block; in a bottleneck the 3×3. */
  BN2,
  /** After the last convolution of each bottleneck. */
  BN3,
  /** In the shortcuts with a convolution. */
  SHORTCUT
}
