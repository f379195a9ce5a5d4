package dev.recal.graphs.data;

import dev.recal.ops.image.Images;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TUint8;

/** The deterministic conversion of an image of any size to a fixed size. */
sealed interface Preparation {
  int height();

  int width();

  /** Whether images of a size pass unchanged. */
  boolean keeps(int imageHeight, int imageWidth);

  /**
   * Adds the ops.
   *
   * @param image of any height and width, 3 channels
   * @return height×width×3
   */
  Operand<TUint8> apply(Ops tf, Operand<TUint8> image);

  /** The part of an augmentation that is the same in every epoch, if it begins with one. */
  static Optional<Preparation> of(Augmentation augmentation, int height, int width) {
    // Java 17 has no switch over sealed types.
    if (augmentation instanceof Augmentation.RandomResizedCrop) {
      return Optional.empty();
    }
    if (augmentation instanceof Augmentation.CenterCrop crop) {
      return Optional.of(new Centre(crop.resize(), height, width));
    }
    return Optional.of(new Exact(height, width));
  }

  /** Resized to the size, ignoring the aspect ratio. */
  record Exact(int height, int width) implements Preparation {
    @Override
    public boolean keeps(int imageHeight, int imageWidth) {
      return imageHeight == height && imageWidth == width;
    }

    @Override
    public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
      return Images.resize(tf, image, height, width);
    }
  }

  /** The shorter side resized to a length, then the centre. */
  record Centre(int resize, int height, int width) implements Preparation {
    @Override
    public boolean keeps(int imageHeight, int imageWidth) {
      return imageHeight == height && imageWidth == width && resize == Math.min(height, width);
    }

    @Override
    public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
      return Images.resizeShorterSideAndCrop(tf, image, resize, height, width);
    }
  }
}
