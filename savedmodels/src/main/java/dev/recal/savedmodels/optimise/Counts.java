package dev.recal.savedmodels.optimise;

/** How often rules were used. */
final class Counts {

  private int foldedNorms;
  private int otherNorms;
  private int narrowConvolutions;

  void folded(boolean depthwise) {
    foldedNorms++;
  }
}
