package dev.recal.graphs.synthesis.training;

/** How the images of a batch are sampled. */
public enum Sampling {
  /** By epochs, or with replacement if there are fewer images than a batch. */
  AUTOMATIC,
  /** Each image once per epoch, in a new order each time; a batch may span two epochs. */
  EPOCHS,
  /** With replacement. */
  REPLACEMENT;

  /** Returns whether images are sampled with replacement. */
  boolean replaces(int images, int batch) {
    return this == REPLACEMENT || (this == AUTOMATIC && images < batch);
  }
}
