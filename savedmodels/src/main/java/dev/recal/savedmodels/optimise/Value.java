package dev.recal.savedmodels.optimise;

/**
 * A tensor of the graph that is being written.
 *
 * @param tensor its name as an input
 * @param narrow whether it is in bfloat16 where the original is in float32
 */
record Value(String tensor, boolean narrow) {

  /** A tensor of the original's type. */
  static Value float32(String tensor) {
    return new Value(tensor, false);
  }

  /** A tensor in bfloat16. */
  static Value narrow(String tensor) {
    return new Value(tensor, true);
  }
}
