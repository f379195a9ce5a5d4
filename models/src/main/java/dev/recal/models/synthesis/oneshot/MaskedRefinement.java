package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.edit.EditMask;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.ops.Arguments;

/**
 * Harmonisation and editing (SinGAN, arXiv 1905.01164): a changed image is refined from a scale on,
 * and inside a mask the result is shown. As in the released code, outside the mask it is the
 * training image, not the changed one.
 *
 * @param radius by which the mask is dilated, in pixels of the training image
 * @param colours to which the changed image is reduced before, as a painting; 0 for all
 * @param startScale the first scale that refines, at least 1
 * @param seed of the noise
 */
public record MaskedRefinement(int radius, int colours, int startScale, long seed) {

  private static final float SELECTED = 0.5f;

  /** Rejects negative numbers. */
  public MaskedRefinement {
    Arguments.atLeast(0, "radius", radius);
    Arguments.atLeast(0, "colours", colours);
  }

  /** Harmonisation: a pasted object gets the style of the training image. */
  public static MaskedRefinement harmonisation(int startScale, long seed) {
    return new MaskedRefinement(EditMask.HARMONISATION_RADIUS, 0, startScale, seed);
  }

  /** Editing: copied or moved regions become seamless. */
  public static MaskedRefinement editing(int startScale, long seed) {
    return new MaskedRefinement(EditMask.EDITING_RADIUS, 0, startScale, seed);
  }

  /** Returns the default scale of harmonisation: the third from the end, at least 1. */
  public static int harmonisationScale(Pyramid pyramid) {
    return Math.max(1, pyramid.last() - 2);
  }

  /** Returns the default scale of editing: the middle one, at least 1. */
  public static int editingScale(Pyramid pyramid) {
    return Math.max(1, pyramid.last() / 2);
  }

  /**
   * Refines an image.
   *
   * @param reference the changed training image, resized to its size if it has another one
   * @param mask of the reference's size or of the training image's; pixels brighter than half are
   *     selected
   * @return an image of the training image's size
   * @throws IllegalArgumentException if reference or mask have another shape, the mask selects
   *     nothing, or there is no such scale
   */
  public OneShotImage apply(OneShotModel model, OneShotImage reference, OneShotImage mask) {
    model.requireStart(startScale);
    EditMask soft = softMask(model.pyramid(), reference, mask);
    OneShotImage fitted = FittedImage.of("reference", reference, model);
    OneShotImage refined = new Painting(colours, startScale, seed).apply(model, fitted);
    OneShotImage original = model.original();
    float[] blended = soft.blend(original.values(), refined.values(), original.channels());
    return new OneShotImage(original.height(), original.width(), original.channels(), blended);
  }

  private EditMask softMask(Pyramid size, OneShotImage reference, OneShotImage mask) {
    boolean same = mask.height() == reference.height() && mask.width() == reference.width();
    boolean fits = mask.height() == size.height() && mask.width() == size.width();
    Arguments.require(
        same || fits,
        "mask",
        "an image of the reference's size, " + reference.width() + "×" + reference.height(),
        mask.width() + "×" + mask.height());
    float[] grey = mask.withChannels(1).unit();
    float[] selected = new float[size.height() * size.width()];
    boolean any = false;
    // The nearest pixel: a mask has no shades.
    for (int i = 0; i < selected.length; i++) {
      int row = (int) ((i / size.width() + 0.5) * mask.height() / size.height());
      int column = (int) ((i % size.width() + 0.5) * mask.width() / size.width());
      selected[i] = grey[row * mask.width() + column] > SELECTED ? 1 : 0;
      any |= selected[i] > 0;
    }
    Arguments.require(any, "mask", "white pixels where the image was changed", "none");
    return EditMask.of(selected, size.height(), size.width(), radius);
  }
}
