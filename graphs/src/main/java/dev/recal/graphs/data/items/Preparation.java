package dev.recal.graphs.data.items;

import dev.recal.ops.image.Images;
import dev.recal.ops.image.Placement;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The deterministic conversion of an image of any size to a fixed size. */
public sealed interface Preparation {
  int height();

  int width();

  /** Whether images of a size pass unchanged. */
  boolean isIdentity(int imageHeight, int imageWidth);

  /**
   * Adds the ops.
   *
   * @param image of any height and width, 3 channels
   * @return height×width×3
   */
  Operand<TUint8> apply(Ops tf, Operand<TUint8> image);

  /**
   * Returns the placement of an image in the result.
   *
   * @param sides height and width of the image, (2)
   */
  Placement placement(Ops tf, Operand<TInt32> sides);

  /**
   * Returns the height and width of the part of the result that the image covers, at its top left;
   * the rest is padding.
   *
   * @param sides height and width of the image, (2)
   * @return (2)
   */
  default Operand<TInt32> size(Ops tf, Operand<TInt32> sides) {
    return tf.constant(new int[] {height(), width()});
  }

  /** Resized to the size, ignoring the aspect ratio. */
  record Exact(int height, int width) implements Preparation {
    @Override
    public boolean isIdentity(int imageHeight, int imageWidth) {
      return imageHeight == height && imageWidth == width;
    }

    @Override
    public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
      return Images.resize(tf, image, height, width);
    }

    @Override
    public Placement placement(Ops tf, Operand<TInt32> sides) {
      return Placement.stretched(tf, sides, height, width);
    }
  }

  /** The shorter side resized to a length, then the centre. */
  record Centre(int resize, int height, int width) implements Preparation {
    @Override
    public boolean isIdentity(int imageHeight, int imageWidth) {
      return imageHeight == height && imageWidth == width && resize == Math.min(height, width);
    }

    @Override
    public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
      return Images.resizeShorterSideAndCrop(tf, image, resize, height, width);
    }

    @Override
    public Placement placement(Ops tf, Operand<TInt32> sides) {
      return Placement.centred(tf, sides, resize, height, width);
    }
  }

  /** Resized with its aspect ratio kept, at the top left of zeros; see {@link Images}. */
  record KeepRatio(int shorter, int longer, int height, int width) implements Preparation {
    @Override
    public boolean isIdentity(int imageHeight, int imageWidth) {
      return imageHeight == height
          && imageWidth == width
          && Math.min(height, width) <= shorter
          && Math.max(height, width) <= longer;
    }

    @Override
    public Operand<TUint8> apply(Ops tf, Operand<TUint8> image) {
      Operand<TInt32> sides =
          tf.slice(tf.shape(image), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
      Operand<TInt32> canvas = tf.constant(new int[] {height, width});
      return Images.place(tf, image, placement(tf, sides), canvas);
    }

    @Override
    public Operand<TInt32> size(Ops tf, Operand<TInt32> sides) {
      Operand<TInt32> canvas = tf.constant(new int[] {height, width});
      return Images.keepRatioSize(tf, sides, tf.constant(shorter), longer, canvas);
    }

    @Override
    public Placement placement(Ops tf, Operand<TInt32> sides) {
      return Placement.stretched(tf, sides, size(tf, sides));
    }
  }
}
