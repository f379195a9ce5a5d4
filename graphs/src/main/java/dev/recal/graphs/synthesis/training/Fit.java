package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.pipeline.Augmentation;

/** How an image of any size is made square. */
public enum Fit {
  /** Resizes the whole image; images that are not square are stretched, as in the official code. */
  STRETCH {
    @Override
    Augmentation preparation(int size) {
      return Augmentation.none();
    }
  },
  /** Resizes the shorter side, then crops the centre. */
  CROP {
    @Override
    Augmentation preparation(int size) {
      return Augmentation.centerCrop(size);
    }
  };

  abstract Augmentation preparation(int size);
}
