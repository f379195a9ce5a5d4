package dev.recal.graphs.data.pipeline;

import dev.recal.ops.Arguments;
import java.util.Objects;

/**
 * Erases a random rectangle of an image (Zhong et al. 2020, arXiv 1708.04896), after all other
 * changes. Its area is drawn uniformly from a range of shares of the image, its height divided by
 * its width log-uniformly; a rectangle that would not fit is drawn again, ten times at most, as in
 * timm's {@code RandomErasing} with one rectangle. timm fills normalised images; here images are in
 * 0–1 and the fill has ImageNet's statistics, which gives the same pixels after normalisation.
 *
 * @param probability that an image is changed, above 0, at most 1
 * @param minArea least share of the image, above 0
 * @param maxArea greatest share, less than 1
 * @param minAspect least height divided by width; the greatest is its reciprocal, above 0, at most
 *     1
 * @param fill what replaces the pixels
 */
public record RandomErasing(
    double probability, double minArea, double maxArea, double minAspect, Fill fill) {

  /** What replaces erased pixels. */
  public enum Fill {
    /** ImageNet's mean colour, zero after normalisation: timm's {@code const}. */
    MEAN,
    /** One normally distributed colour: timm's {@code rand}. */
    COLOUR,
    /** A normally distributed colour for each pixel: timm's {@code pixel}. */
    NOISE
  }

  /** Rejects shares outside their ranges. */
  public RandomErasing {
    Arguments.require(
        probability > 0 && probability <= 1,
        "probability",
        "more than 0 and at most 1",
        probability);
    Arguments.require(
        minArea > 0 && minArea <= maxArea && maxArea < 1,
        "minArea, maxArea",
        "shares with 0 < minArea <= maxArea < 1",
        minArea + " and " + maxArea);
    Arguments.require(
        minAspect > 0 && minAspect <= 1, "minAspect", "more than 0 and at most 1", minAspect);
    Objects.requireNonNull(fill, "fill");
  }

  /** A quarter of the images, 2 % to a third of their area, aspect 0.3 to 1/0.3, noise. */
  public static RandomErasing defaults() {
    return new RandomErasing(0.25, 0.02, 1.0 / 3, 0.3, Fill.NOISE);
  }
}
