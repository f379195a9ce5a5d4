package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.pipeline.Augmentation;

/** How an image of any size becomes a square. */
public enum Fit {
  /** The whole image at the size; what is not square is stretched, as in the official code. */
  STRETCH {
    @Override
    Augmentation preparation(int size) {
      return Augmentation.none();
    }
  },
  /** The shorter side at the size, then the middle. */
  CROP {
    @Override
    Augmentation preparation(int size) {
      return Augmentation.centerCrop(size);
    }
  };

  abstract Augmentation preparation(int size);
}
