package dev.recal.models.faces;

import dev.recal.ops.Arguments;

/** Checks of target false accept rates. */
final class FalseAcceptRates {

  private FalseAcceptRates() {}

  static void require(double far) {
    Arguments.require(far > 0 && far <= 1, "fars", "rates above 0 and at most 1", far);
  }
}
