package dev.recal.graphs.synthesis.oneshot.edit;

import dev.recal.graphs.data.SplitMix64;
import java.util.Arrays;

/** Lloyd's k-means on the pixels of an image, in double precision. */
final class KMeans {

  private static final int MAX_ITERATIONS = 300;

  private final float[] pixels;
  private final int channels;
  private final int count;

  /**
   * A clustering.
   *
   * @param labels the cluster of each pixel
   * @param centres clusters×channels
   * @param inertia the sum of the squared distances of pixels to their centres
   */
  record Result(int[] labels, double[] centres, double inertia) {}

  KMeans(float[] pixels, int channels) {
    this.pixels = pixels;
    this.channels = channels;
    this.count = pixels.length / channels;
  }

  /**
   * Returns initial centres by k-means++ (Arthur, Vassilvitskii 2007): pixels, each drawn with a
   * probability proportional to its squared distance to the centres so far.
   */
  double[] plusPlus(int clusters, SplitMix64 random) {
    double[] centres = new double[clusters * channels];
    double[] nearest = new double[count];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int chosen = random.nextInt(count);
    for (int cluster = 0; cluster < clusters; cluster++) {
      if (cluster > 0) {
        chosen = draw(nearest, random);
      }
      for (int channel = 0; channel < channels; channel++) {
        centres[cluster * channels + channel] = pixels[chosen * channels + channel];
      }
      for (int i = 0; i < count; i++) {
        nearest[i] = Math.min(nearest[i], squaredDistance(i, centres, cluster));
      }
    }
    return centres;
  }

  private static int draw(double[] weights, SplitMix64 random) {
    double rest = random.nextDouble() * Arrays.stream(weights).sum();
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        rest -= weights[i];
        if (rest < 0) {
          return i;
        }
      }
    }
    return last;
  }

  /** Iterates from initial centres until no pixel changes its cluster. */
  Result run(double[] initial) {
    double[] centres = initial.clone();
    int[] labels = assign(centres);
    for (int i = 1; i < MAX_ITERATIONS; i++) {
      update(centres, labels);
      int[] next = assign(centres);
      if (Arrays.equals(labels, next)) {
        break;
      }
      labels = next;
    }
    double inertia = 0;
    for (int i = 0; i < count; i++) {
      inertia += squaredDistance(i, centres, labels[i]);
    }
    return new Result(labels, centres, inertia);
  }

  /** Returns the nearest centre of each pixel; the first of several. */
  int[] assign(double[] centres) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      double least = Double.POSITIVE_INFINITY;
      for (int cluster = 0; cluster < centres.length / channels; cluster++) {
        double distance = squaredDistance(i, centres, cluster);
        if (distance < least) {
          least = distance;
          labels[i] = cluster;
        }
      }
    }
    return labels;
  }

  private void update(double[] centres, int[] labels) {
    int clusters = centres.length / channels;
    double[] sums = new double[centres.length];
    int[] sizes = new int[clusters];
    for (int i = 0; i < count; i++) {
      move(i, labels[i], 1, sums, sizes);
    }
    relocateEmpty(centres, labels, sums, sizes);
    for (int i = 0; i < centres.length; i++) {
      if (sizes[i / channels] > 0) {
        centres[i] = sums[i] / sizes[i / channels];
      }
    }
  }

  /** Gives each empty cluster the pixel farthest from its centre, a different one each. */
  private void relocateEmpty(double[] centres, int[] labels, double[] sums, int[] sizes) {
    double[] distances = null;
    for (int cluster = 0; cluster < sizes.length; cluster++) {
      if (sizes[cluster] > 0) {
        continue;
      }
      if (distances == null) {
        distances = new double[count];
        for (int i = 0; i < count; i++) {
          distances[i] = squaredDistance(i, centres, labels[i]);
        }
      }
      int farthest = 0;
      for (int i = 1; i < count; i++) {
        farthest = distances[i] > distances[farthest] ? i : farthest;
      }
      // A distance of 0: there are fewer distinct colours than clusters.
      if (distances[farthest] > 0) {
        move(farthest, labels[farthest], -1, sums, sizes);
        move(farthest, cluster, 1, sums, sizes);
        distances[farthest] = 0;
      }
    }
  }

  private void move(int pixel, int cluster, int sign, double[] sums, int[] sizes) {
    sizes[cluster] += sign;
    for (int channel = 0; channel < channels; channel++) {
      sums[cluster * channels + channel] += sign * pixels[pixel * channels + channel];
    }
  }

  private double squaredDistance(int pixel, double[] centres, int cluster) {
    double sum = 0;
    for (int channel = 0; channel < channels; channel++) {
      double difference =
          pixels[pixel * channels + channel] - centres[cluster * channels + channel];
      sum += difference * difference;
    }
    return sum;
  }
}
