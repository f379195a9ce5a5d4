package dev.recal.graphs.classification.metrics;

import dev.recal.ops.Arguments;

/**
 * The 95 % interval of a share that was measured on some images (Wilson 1927, "Probable inference,
 * the law of succession, and statistical inference", equation for the score interval).
 *
 * @param low its lower end, from 0
 * @param high its upper end, to 1
 */
public record ShareInterval(double low, double high) {

  /** The quantile of the normal distribution with 2.5 % above. */
  private static final double QUANTILE = 1.959963984540054;

  /**
   * Returns the interval of a share.
   *
   * @param count images that have a property
   * @param images all images, at least 1
   */
  public static ShareInterval of(long count, long images) {
    Arguments.atLeast(1, "images", images);
    Arguments.require(count >= 0 && count <= images, "count", "0 to " + images, count);
    double n = images;
    double share = count / n;
    double squared = QUANTILE * QUANTILE;
    double centre = (share + squared / (2 * n)) / (1 + squared / n);
    double half =
        QUANTILE * Math.sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n);
    return new ShareInterval(
        count == 0 ? 0 : Math.max(0, centre - half),
        count == images ? 1 : Math.min(1, centre + half));
  }
}
