package dev.recal.graphs.synthesis.oneshot.edit;

import dev.recal.graphs.data.SplitMix64;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The main colours of a training image, by k-means. Paint-to-image in SinGAN (arXiv 1905.01164)
 * gives a painting these colours, so that the generator gets the colours it was trained on.
 *
 * <p>As in the official code (github tamarott/SinGAN, {@code quant} and {@code quant2paint}), with
 * one difference: Lloyd's iterations end when no pixel changes its cluster, not at a tolerance.
 * Results depend only on the pixels, the number of colours and the seed.
 *
 * @param channels of a pixel
 * @param centres colours×channels, row-major, sorted from dark to bright; not copied
 */
public record ColourClusters(int channels, float[] centres) {

  /** The number of colours in the official code. */
  public static final int DEFAULT_COLOURS = 5;

  private static final int RESTARTS = 10;

  /** Rejects centres that are not whole colours, and values that are not finite. */
  public ColourClusters {
    requirePixels("centres", centres, channels);
  }

  /**
   * Clusters the pixels of an image: k-means++, {@value #RESTARTS} restarts, the result with the
   * least inertia. An image with fewer distinct colours has fewer centres, which are its colours.
   *
   * @param pixels of the training image at the scale at which paintings are injected, row-major
   * @param channels of a pixel
   * @param colours the maximum number of centres
   * @param seed the random seed
   */
  public static ColourClusters of(float[] pixels, int channels, int colours, long seed) {
    requirePixels("pixels", pixels, channels);
    if (colours < 1) {
      throw new IllegalArgumentException("colours: expected at least 1, but got " + colours + ".");
    }
    TreeSet<float[]> distinct = distinct(pixels, channels, colours);
    if (distinct.size() <= colours) {
      return sorted(distinct, channels);
    }
    KMeans means = new KMeans(pixels, channels);
    KMeans.Result best = null;
    for (int restart = 0; restart < RESTARTS; restart++) {
      SplitMix64 random = new SplitMix64(SplitMix64.mix(seed, restart));
      KMeans.Result result = means.run(means.plusPlus(colours, random));
      if (best == null || result.inertia() < best.inertia()) {
        best = result;
      }
    }
    float[] centres = new float[best.centres().length];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = (float) best.centres()[i];
    }
    return sorted(distinct(centres, channels, colours), channels);
  }

  /** Returns the number of colours. */
  public int colours() {
    return centres.length / channels;
  }

  /**
   * Gives a painting the colours of the training image. K-means on the painting starts from the
   * centres, and each pixel gets the original centre of its cluster: so a painting with other
   * shades keeps its regions. Centres that attract no pixel move to the pixels farthest from
   * theirs, as in scikit-learn, which the official code calls. So the colours of a painting with
   * fewer colours than centres may be far from its own; {@link #nearest} avoids that.
   *
   * @param pixels of the painting, row-major
   * @return new pixels of the same size
   */
  public float[] quantised(float[] pixels) {
    requirePixels("pixels", pixels, channels);
    return coloured(new KMeans(pixels, channels).run(wide(centres)).labels());
  }

  /**
   * Gives each pixel of an image the nearest centre, as the training image in paint-to-image.
   *
   * @param pixels of the image, row-major
   * @return new pixels of the same size
   */
  public float[] nearest(float[] pixels) {
    requirePixels("pixels", pixels, channels);
    return coloured(new KMeans(pixels, channels).assign(wide(centres)));
  }

  private float[] coloured(int[] labels) {
    float[] coloured = new float[labels.length * channels];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(centres, labels[i] * channels, coloured, i * channels, channels);
    }
    return coloured;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** Returns the distinct colours, or some of them if there are more than wanted. */
  private static TreeSet<float[]> distinct(float[] pixels, int channels, int wanted) {
    TreeSet<float[]> distinct = new TreeSet<>(ColourClusters::compare);
    for (int i = 0; i < pixels.length && distinct.size() <= wanted; i += channels) {
      distinct.add(Arrays.copyOfRange(pixels, i, i + channels));
    }
    return distinct;
  }

  private static int compare(float[] first, float[] second) {
    int order = Double.compare(sum(first), sum(second));
    return order == 0 ? Arrays.compare(first, second) : order;
  }

  private static double sum(float[] colour) {
    double sum = 0;
    for (float value : colour) {
      sum += value;
    }
    return sum;
  }

  private static ColourClusters sorted(TreeSet<float[]> colours, int channels) {
    float[] centres = new float[colours.size() * channels];
    int position = 0;
    for (float[] colour : colours) {
      System.arraycopy(colour, 0, centres, position, channels);
      position += channels;
    }
    return new ColourClusters(channels, centres);
  }

  private static void requirePixels(String name, float[] pixels, int channels) {
    Objects.requireNonNull(pixels, name);
    if (channels < 1) {
      throw new IllegalArgumentException(
          "channels: expected at least 1, but got " + channels + ".");
    }
    if (pixels.length == 0 || pixels.length % channels != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected at least one pixel of %d channels, but got %d values.",
              name,
              channels,
              pixels.length));
    }
    for (float value : pixels) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            name + ": expected numbers in 0–1, but got " + value + ".");
      }
    }
  }
}
