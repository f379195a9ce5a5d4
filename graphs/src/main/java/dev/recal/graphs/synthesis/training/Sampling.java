package dev.recal.graphs.synthesis.training;

/** How the images of a batch are drawn. */
public enum Sampling {
  /** By epochs, or with replacement where there are fewer images than a batch has. */
  AUTOMATIC,
  /**
   * Each image once before any comes again, in an order that is new each time; a batch may hold the
   * last ones of an order and the first of the next.
   */
  EPOCHS,
  /** Each image from all, whatever was drawn before. */
  REPLACEMENT;

  /** Returns whether images are drawn with replacement. */
  boolean replaces(int images, int batch) {
    return this == REPLACEMENT || (this == AUTOMATIC && images < batch);
  }
}
