package dev.recal.graphs.synthesis.oneshot.edit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * The soft mask of harmonisation and editing in SinGAN (arXiv 1905.01164): inside it the generated
 * image is used, outside it the original one, with a smooth transition.
 *
 * <p>As in the official code (github tamarott/SinGAN, {@code dilate_mask}), the selected pixels are
 * dilated with a disk, smoothed with a Gaussian of σ = {@value #SIGMA} pixels, and scaled so that
 * the weights reach from 0 to 1. Differences: the mask has one channel, and one that covers the
 * whole image after dilation gives weights of 1, where the official code divides by 0.
 *
 * @param height in pixels
 * @param width in pixels
 * @param weights height×width in 0–1, row-major; not copied
 */
public record EditMask(int height, int width, float[] weights) {

  /** The radius of the disk for harmonisation, in pixels. */
  public static final int HARMONISATION_RADIUS = 7;

  /** The radius of the disk for editing, in pixels. */
  public static final int EDITING_RADIUS = 20;

  /** The standard deviation of the Gaussian, in pixels. */
  public static final double SIGMA = 5;

  /** Rejects a wrong number of weights, and weights outside 0–1. */
  public EditMask {
    requireMask("weights", height, width, weights);
  }

  /**
   * Makes the soft mask of selected pixels.
   *
   * @param mask height×width in 0–1, row-major; a pixel is selected if it is greater than 0
   * @param radius of the disk in pixels; 0 for no dilation
   * @throws IllegalArgumentException if the mask has another size or other values, or selects
   *     nothing
   */
  public static EditMask of(float[] mask, int height, int width, int radius) {
    requireMask("mask", height, width, mask);
    if (radius < 0) {
      throw new IllegalArgumentException("radius: expected at least 0, but got " + radius + ".");
    }
    boolean[] selected = new boolean[mask.length];
    int count = 0;
    for (int i = 0; i < mask.length; i++) {
      selected[i] = mask[i] > 0;
      count += selected[i] ? 1 : 0;
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          "mask: expected at least one pixel greater than 0, but the mask is empty.");
    }
    boolean[] dilated = MaskFilters.dilate(selected, height, width, radius);
    return new EditMask(height, width, smooth(dilated, height, width));
  }

  private static float[] smooth(boolean[] selected, int height, int width) {
    double[] values = new double[selected.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = selected[i] ? 1 : 0;
      count += selected[i] ? 1 : 0;
    }
    float[] weights = new float[values.length];
    if (count == values.length) {
      Arrays.fill(weights, 1);
      return weights;
    }
    double[] smoothed = MaskFilters.gaussian(values, height, width, SIGMA);
    double least = Arrays.stream(smoothed).min().getAsDouble();
    double range = Arrays.stream(smoothed).max().getAsDouble() - least;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) ((smoothed[i] - least) / range);
    }
    return weights;
  }

  /**
   * Blends two images: weight · foreground + (1 − weight) · background.
   *
   * @param background height×width×channels, row-major
   * @param foreground height×width×channels, row-major
   * @param channels of both images
   * @return height×width×channels
   * @throws IllegalArgumentException if an image has another size than the mask
   */
  public float[] blend(float[] background, float[] foreground, int channels) {
    requireImage("background", background, channels);
    requireImage("foreground", foreground, channels);
    float[] blended = new float[background.length];
    for (int i = 0; i < blended.length; i++) {
      float weight = weights[i / channels];
      blended[i] = (1 - weight) * background[i] + weight * foreground[i];
    }
    return blended;
  }

  private void requireImage(String name, float[] image, int channels) {
    if (channels < 1) {
      throw new IllegalArgumentException(
          "channels: expected at least 1, but got " + channels + ".");
    }
    if (image.length != (long) weights.length * channels) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: an image of the mask's size, %d×%d×%d, takes %d values, but got %d.",
              name,
              height,
              width,
              channels,
              (long) weights.length * channels,
              image.length));
    }
  }

  private static void requireMask(String name, int height, int width, float[] values) {
    Objects.requireNonNull(values, name);
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "height and width: expected at least 1, but got %d×%d.", height, width));
    }
    if ((long) height * width != values.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: a mask of %d×%d pixels takes %d values, but got %d.",
              name,
              height,
              width,
              (long) height * width,
              values.length));
    }
    for (float value : values) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(
            name + ": expected values in 0–1, but got " + value + ".");
      }
    }
  }
}
