package dev.recal.graphs.synthesis;

import dev.recal.ops.SkipLayer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.skip.SkipLayerExcitation;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.ArrayList;
import java.util.List;

/** The default skip layers of a generator. */
public enum SkipKind {
  /** None. */
  NONE,
  /** Skip-layer excitation everywhere: FastGAN as published. */
  SLE,
  /**
   * Skip-layer inception modulation from 8×8 and 16×16, excitation from 4×4 and 32×32: the
   * configuration of the counts published by SLIM's authors.
   */
  SLIM;

  private static final int MAX_RATIO = 16;

  /**
   * Returns the default connections of a generator of that size: from 4, 8, 16 and 32 to the
   * resolution min(16, size / 8) times as large, as far as there is one.
   */
  List<Skip> skips(int size) {
    List<Skip> skips = new ArrayList<>();
    if (this != NONE) {
      int ratio = Math.min(MAX_RATIO, size / 8);
      for (int from = 4; from <= 32 && from * ratio <= size; from *= 2) {
        boolean slim = this == SLIM && (from == 8 || from == 16);
        skips.add(new Skip(from, from * ratio, slim ? slim() : excitation()));
      }
    }
    return skips;
  }

  /** Skip-layer excitation as used in the synthesis networks. */
  static SkipLayer excitation() {
    return new SkipLayerExcitation(true, new Normal(0f, Blocks.DEVIATION));
  }

  /** Skip-layer inception modulation as used in the synthesis networks. */
  static SkipLayer slim() {
    return SkipLayerSlim.defaults()
        .spectral(new Normal(0f, Blocks.DEVIATION), new Normal(1f, Blocks.DEVIATION));
  }
}
