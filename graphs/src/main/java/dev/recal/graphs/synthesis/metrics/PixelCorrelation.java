package dev.recal.graphs.synthesis.metrics;

/**
 * A distance of the pixels of two images: 1 − their correlation, 0 for a copy regardless of
 * brightness and contrast, about 1 for unrelated images. With plain pixel differences, a flat grey
 * image would be nearer to every photograph than another photograph.
 */
final class PixelCorrelation {

  private final ImageBatch images;
  private final int values;
  private final long[] sums;
  private final long[] variances;

  PixelCorrelation(ImageBatch images) {
    this.images = images;
    this.values = images.imageBytes();
    this.sums = new long[images.count()];
    this.variances = new long[images.count()];
    for (int image = 0; image < images.count(); image++) {
      for (int i = 0; i < values; i++) {
        sums[image] += images.rgb()[image * values + i] & 0xFF;
      }
      variances[image] = values * products(image, images, image) - sums[image] * sums[image];
    }
  }

  /** Returns 0–2; a flat image has distance 1 to every image. */
  double distance(int image, PixelCorrelation other, int place) {
    double scale = Math.sqrt((double) variances[image] * other.variances[place]);
    if (scale == 0) {
      return 1;
    }
    long covariance =
        values * products(image, other.images, place) - sums[image] * other.sums[place];
    return 1 - covariance / scale;
  }

  // The sum stays within an int for the few thousand bytes of a small image.
  private long products(int image, ImageBatch others, int place) {
    byte[] first = images.rgb();
    byte[] second = others.rgb();
    int i = image * values;
    int j = place * values;
    int sum = 0;
    for (int k = 0; k < values; k++) {
      sum += (first[i + k] & 0xFF) * (second[j + k] & 0xFF);
    }
    return sum;
  }
}
