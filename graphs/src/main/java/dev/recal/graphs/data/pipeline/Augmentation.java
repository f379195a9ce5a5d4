package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.Preparation;
import dev.recal.ops.Arguments;
import dev.recal.ops.image.Images;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Resizes or crops an image to the height and width of the batch, optionally at random. */
public sealed interface Augmentation {

  /** Resizes the whole image to the exact size; the aspect ratio is not kept. */
  static Augmentation none() {
    return new None();
  }

  /** The recipe of CIFAR: 4 pixels of padding, a random crop and a random flip. */
  static Augmentation padCropFlip() {
    return PadCropFlip.defaults();
  }

  /** The recipe of ImageNet training: area 0.08–1, ratio 3/4–4/3, a random flip. */
  static Augmentation randomResizedCrop() {
    return RandomResizedCrop.defaults();
  }

  /** The recipe of ImageNet evaluation. */
  static Augmentation centerCrop(int resize) {
    return new CenterCrop(resize);
  }

  /** The recipe of detectors on COCO: at most 800 by 1333 pixels, a random flip. */
  static Augmentation keepRatio() {
    return KeepRatio.defaults();
  }

  /**
   * Adds the decoding of a batch of files, resized as in an evaluation pipeline.
   *
   * @param bytes JPEG, PNG, GIF or BMP files, (N)
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @return (N, height, width, 3) in 0–1
   * @throws IllegalArgumentException if this augmentation is random
   */
  default Operand<TFloat32> decode(Ops tf, Operand<TString> bytes, int height, int width) {
    Preparation preparation = served(height, width);
    return Images.decodeBatch(tf, bytes, height, width, preparation::apply);
  }

  /**
   * Adds the decoding of a batch of files that may differ in size, and how large they are in the
   * result. All images have one canvas, whatever their orientation.
   *
   * @param bytes JPEG, PNG, GIF or BMP files, (N)
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @throws IllegalArgumentException if this augmentation is random
   */
  default Images.SizedBatch decodeSized(Ops tf, Operand<TString> bytes, int height, int width) {
    Preparation preparation = served(height, width);
    return Images.decodeSizedBatch(tf, bytes, height, width, preparation::apply, preparation::size);
  }

  /**
   * The preparation of served images.
   *
   * @throws IllegalArgumentException if this augmentation is random
   */
  private Preparation served(int height, int width) {
    if (isRandom()) {
      throw new IllegalArgumentException(
          "augmentation: expected one that is not random for a served image, but got "
              + this
              + ".");
    }
    return this instanceof KeepRatio keep
        ? keep.onCanvas(height, width)
        : preparation(height, width).orElseThrow();
  }

  /**
   * The part that is the same in every epoch, if the augmentation begins with one.
   *
   * @param height of the result in pixels
   * @param width of the result in pixels
   */
  default Optional<Preparation> preparation(int height, int width) {
    return Optional.of(new Preparation.Exact(height, width));
  }

  /** Whether images may be smaller than the batch's height and width, at the top left of zeros. */
  default boolean pads() {
    return false;
  }

  /** Whether two epochs show different pixels. */
  default boolean isRandom() {
    return false;
  }

  /** The whole image resized to the exact size. */
  record None() implements Augmentation {}

  /**
   * The whole image resized to the exact size, padded with zeros on all sides, cropped back to the
   * size at a random place and mirrored with probability one half (He et al. 2016, section 4.2).
   *
   * @param padding pixels on each side, 0 or more
   * @param flip whether images are mirrored
   */
  record PadCropFlip(int padding, boolean flip) implements Augmentation {
    /** 4 pixels, mirrored. */
    public static PadCropFlip defaults() {
      return new PadCropFlip(4, true);
    }

    public PadCropFlip {
      if (padding < 0) {
        throw new IllegalArgumentException(
            "padding: expected at least 0 pixels, but got " + padding + ".");
      }
    }

    @Override
    public boolean isRandom() {
      return true;
    }
  }

  /**
   * A crop of random area and ratio, resized to the exact size, with the semantics of torchvision's
   * {@code RandomResizedCrop}: ten tries, then the largest central crop of an allowed ratio.
   *
   * @param minScale least share of the image's area, above 0
   * @param maxScale greatest share, at most 1
   * @param minRatio least width divided by height
   * @param maxRatio greatest width divided by height
   * @param flip whether crops are mirrored with probability one half
   */
  record RandomResizedCrop(
      double minScale, double maxScale, double minRatio, double maxRatio, boolean flip)
      implements Augmentation {
    /** Area 0.08–1, ratio 3/4–4/3, mirrored. */
    public static RandomResizedCrop defaults() {
      return new RandomResizedCrop(0.08, 1, 3.0 / 4, 4.0 / 3, true);
    }

    public RandomResizedCrop {
      if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
        throw new IllegalArgumentException(
            "minScale, maxScale: expected shares of the area with 0 < minScale <= maxScale <= 1,"
                + " but got "
                + minScale
                + " and "
                + maxScale
                + ".");
      }
      if (!(minRatio > 0 && minRatio <= maxRatio && maxRatio < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "minRatio, maxRatio: expected positive numbers with minRatio <= maxRatio, but got "
                + minRatio
                + " and "
                + maxRatio
                + ".");
      }
    }

    @Override
    public Optional<Preparation> preparation(int height, int width) {
      return Optional.empty();
    }

    @Override
    public boolean isRandom() {
      return true;
    }
  }

  /**
   * The shorter side resized to a length, then the centre cut out.
   *
   * @param resize length of the shorter side in pixels, at least the batch's height and width
   */
  record CenterCrop(int resize) implements Augmentation {
    public CenterCrop {
      if (resize < 1) {
        throw new IllegalArgumentException(
            "resize: expected at least 1 pixel, but got " + resize + ".");
      }
    }

    @Override
    public Optional<Preparation> preparation(int height, int width) {
      return Optional.of(new Preparation.Centre(resize, height, width));
    }
  }

  /**
   * The whole image resized with its aspect ratio kept, at the top left of zeros, as detectors are
   * trained and evaluated: both sides are multiplied by {@code f = min(longer / long side, shorter
   * / short side)} and rounded, {@code floor(side · f + ½)}. An image that would not fit into the
   * batch's height and width is resized to fit. Mirroring keeps the image at the left.
   *
   * <p>Resizing is that of {@link Images}: reduced images are smoothed. OpenCV's {@code
   * INTER_LINEAR}, which published detectors were trained with, reads four pixels for each result
   * also in reductions, and weights them in fixed point; where images are enlarged the two differ
   * by rounding only.
   *
   * <p>With {@code orientations} and a height that differs from the width, each batch holds either
   * landscape images ({@code width ≥ height}) or portrait images. The smaller of height and width
   * is the height of the former and the width of the latter, so only two shapes occur. In training,
   * the images left over from the whole batches of both orientations make up one more batch if they
   * suffice; it has the shape of the more frequent orientation, and the other images are resized to
   * fit. So no more images are dropped than without orientations, and each is used at most once in
   * an epoch. In evaluation the landscape images come first, then the portrait images, each with a
   * last smaller batch. Images of such batches are decoded in every epoch, not kept in memory.
   *
   * @param shorter maximum of the shorter side in pixels
   * @param longer maximum of the longer side in pixels, at least {@code shorter}
   * @param flip whether images are mirrored with probability one half
   * @param orientations whether batches hold images of one orientation
   * @param minShorter if present, the maximum of the shorter side is drawn for each image from
   *     {@code minShorter} to {@code shorter}
   */
  record KeepRatio(
      int shorter, int longer, boolean flip, boolean orientations, Optional<Integer> minShorter)
      implements Augmentation {
    /** 800 and 1333 pixels, mirrored, batches of one orientation. */
    public static KeepRatio defaults() {
      return new KeepRatio(800, 1333, true);
    }

    public KeepRatio {
      Objects.requireNonNull(minShorter, "minShorter");
      Arguments.atLeast(1, "shorter", shorter);
      Arguments.require(
          longer >= shorter, "longer", "at least shorter, which is " + shorter, longer);
      if (minShorter.isPresent()) {
        int minimum = minShorter.get();
        Arguments.require(
            minimum >= 1 && minimum <= shorter, "minShorter", "1 to " + shorter, minimum);
      }
    }

    /** Batches of one orientation, and one scale. */
    public KeepRatio(int shorter, int longer, boolean flip) {
      this(shorter, longer, flip, true, Optional.empty());
    }

    /** Returns the same without random changes, for evaluation. */
    public KeepRatio forEvaluation() {
      return new KeepRatio(shorter, longer, false, orientations, Optional.empty());
    }

    /** Returns a copy with other orientations of batches. */
    public KeepRatio withOrientations(boolean newOrientations) {
      return new KeepRatio(shorter, longer, flip, newOrientations, minShorter);
    }

    /** Whether batches of two shapes are delivered for a height and width. */
    boolean hasOrientations(int height, int width) {
      return orientations && height != width;
    }

    @Override
    public boolean pads() {
      return true;
    }

    private Preparation onCanvas(int height, int width) {
      return new Preparation.KeepRatio(shorter, longer, height, width);
    }

    @Override
    public Optional<Preparation> preparation(int height, int width) {
      return hasOrientations(height, width) || minShorter.isPresent()
          ? Optional.empty()
          : Optional.of(onCanvas(height, width));
    }

    @Override
    public boolean isRandom() {
      return flip || minShorter.isPresent();
    }
  }

  /**
   * A scale drawn for each image, with its aspect ratio kept, for training detectors (Ghiasi et al.
   * 2021, "Simple Copy-Paste", section 3: large scale jittering). At scale 1 the image just fits
   * into the batch's height and width. A smaller one is put at the top left of zeros; of a larger
   * one a random part is taken.
   *
   * @param minScale smallest scale, above 0
   * @param maxScale greatest scale
   * @param flip whether images are mirrored with probability one half
   */
  record ScaleJitter(double minScale, double maxScale, boolean flip) implements Augmentation {
    /** Scales 0.8–1.25, mirrored. */
    public static ScaleJitter defaults() {
      return new ScaleJitter(0.8, 1.25, true);
    }

    public ScaleJitter {
      Arguments.positive("minScale", minScale);
      Arguments.positive("maxScale", maxScale);
      Arguments.require(
          maxScale >= minScale, "maxScale", "at least minScale, which is " + minScale, maxScale);
    }

    @Override
    public Optional<Preparation> preparation(int height, int width) {
      return Optional.empty();
    }

    @Override
    public boolean pads() {
      return true;
    }

    @Override
    public boolean isRandom() {
      return true;
    }
  }
}
