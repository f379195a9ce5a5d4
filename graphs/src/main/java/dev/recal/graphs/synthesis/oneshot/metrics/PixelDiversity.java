package dev.recal.graphs.synthesis.oneshot.metrics;

import java.util.Locale;
import java.util.Objects;

/**
 * The diversity of samples of one training image, as in SinGAN (arXiv 1905.01164, section 3.1): the
 * standard deviation of each pixel's intensity over the samples, averaged over the pixels, divided
 * by the standard deviation of the training image's intensities. 0 for equal samples. SinGAN
 * reports it for 100 samples: 0.5 from the coarsest scale, 0.35 from the next.
 *
 * <p>The intensity is the mean over the channels. Standard deviations are those of the population
 * (divided by the number of samples). Samples are added one by one and not kept. Not thread-safe.
 */
public final class PixelDiversity {

  private final int channels;
  private final double imageDeviation;
  private final double[] means;
  private final double[] squares;
  private int count;

  /**
   * A measurement without samples.
   *
   * @param image the training image in 0–1, height×width×channels
   * @param channels of the image
   * @throws IllegalArgumentException if the image has one intensity only
   */
  public PixelDiversity(float[] image, int channels) {
    Objects.requireNonNull(image, "image");
    if (channels < 1) {
      throw new IllegalArgumentException(
          "channels: expected at least 1, but got " + channels + ".");
    }
    if (image.length == 0 || image.length % channels != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "image: expected at least one pixel of %d channels, but got %d values.",
              channels,
              image.length));
    }
    this.channels = channels;
    this.means = new double[image.length / channels];
    this.squares = new double[means.length];
    this.imageDeviation = deviation(image);
  }

  private double deviation(float[] image) {
    double first = intensity("image", image, 0);
    double mean = 0;
    boolean varies = false;
    for (int i = 0; i < means.length; i++) {
      double intensity = intensity("image", image, i);
      varies |= intensity != first;
      mean += intensity / means.length;
    }
    if (!varies) {
      throw new IllegalArgumentException(
          "image: expected pixels of different intensities, but all of them are "
              + String.format(Locale.ROOT, "%.4g", first)
              + "; a diversity relative to this image is not defined.");
    }
    double squared = 0;
    for (int i = 0; i < means.length; i++) {
      double difference = intensity("image", image, i) - mean;
      squared += difference * difference;
    }
    return Math.sqrt(squared / means.length);
  }

  /**
   * Adds one sample or several.
   *
   * @param samples in 0–1, N×height×width×channels, with the size of the training image
   */
  public void add(float[] samples) {
    int size = means.length * channels;
    if (samples.length == 0 || samples.length % size != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "samples: expected images of the training image's %d values, but got %d values.",
              size,
              samples.length));
    }
    for (int from = 0; from < samples.length / channels; from += means.length) {
      count++;
      // Welford's update, which loses no digits.
      for (int i = 0; i < means.length; i++) {
        double intensity = intensity("samples", samples, from + i);
        double difference = intensity - means[i];
        means[i] += difference / count;
        squares[i] += difference * (intensity - means[i]);
      }
    }
  }

  private double intensity(String name, float[] pixels, int pixel) {
    double sum = 0;
    for (int i = pixel * channels; i < (pixel + 1) * channels; i++) {
      sum += pixels[i];
    }
    if (!Double.isFinite(sum)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected numbers in 0–1, but pixel %d (counted from 0) is not finite.",
              name,
              pixel));
    }
    return sum / channels;
  }

  /** Returns the number of samples so far. */
  public int count() {
    return count;
  }

  /**
   * Returns the diversity of the samples so far.
   *
   * @throws IllegalArgumentException if there are fewer than two
   */
  public double value() {
    if (count < 2) {
      throw new IllegalArgumentException(
          "samples: a diversity needs at least 2 samples, but got " + count + ".");
    }
    double sum = 0;
    for (double squared : squares) {
      sum += Math.sqrt(squared / count);
    }
    return sum / squares.length / imageDeviation;
  }
}
