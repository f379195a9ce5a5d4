package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.edit.ColourClusters;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.ops.Arguments;

/**
 * Paint to image (SinGAN, arXiv 1905.01164): a painting of flat colours is refined from a scale on.
 *
 * <p>Before that it gets the main colours of the training image: those of its pixels at the scale
 * below the start. The painting is recoloured at full size, and then reduced and injected. The
 * released code also retrains the generators with such colours; here they are used as they are.
 *
 * @param colours the number of main colours; 0 to keep those of the painting
 * @param startScale the first scale that refines, at least 1
 * @param seed of the noise and of the clustering
 */
public record Painting(int colours, int startScale, long seed) {

  /** Rejects negative numbers. */
  public Painting {
    Arguments.atLeast(0, "colours", colours);
  }

  /** Five colours. */
  public static Painting of(int startScale, long seed) {
    return new Painting(ColourClusters.DEFAULT_COLOURS, startScale, seed);
  }

  /** Returns the default scale: 1. */
  public static int scale(Pyramid pyramid) {
    return Math.min(1, pyramid.last());
  }

  /**
   * Turns a painting into an image.
   *
   * @param painting resized to the training image's size if it has another one
   * @return an image of the training image's size
   * @throws IllegalArgumentException if the painting has another shape, or there is no such scale
   */
  public OneShotImage apply(OneShotModel model, OneShotImage painting) {
    model.requireStart(startScale);
    OneShotImage fitted = FittedImage.of("painting", painting, model);
    return model.refine(colours == 0 ? fitted : recoloured(model, fitted), startScale, seed);
  }

  private OneShotImage recoloured(OneShotModel model, OneShotImage painting) {
    Pyramid sizes = model.pyramid();
    int below = startScale - 1;
    OneShotImage reduced =
        model.original().resized(sizes.reduction(below), sizes.height(below), sizes.width(below));
    float[] values =
        ColourClusters.of(reduced.values(), reduced.channels(), colours, seed)
            .quantised(painting.values());
    return new OneShotImage(painting.height(), painting.width(), painting.channels(), values);
  }
}
