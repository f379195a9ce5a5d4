package dev.recal.graphs.synthesis.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Finds each sample's nearest real images, to detect whether a generator copies its training
 * images. Distances are only meaningful relative to those among real images, so both are reported.
 *
 * @param neighbours the number of neighbours per sample
 */
public record NearestNeighbours(int neighbours) {

  /** The share of real images that defines the threshold for near. */
  private static final double NEAR_QUANTILE = 0.05;

  /** Rejects numbers below 1. */
  public NearestNeighbours {
    if (neighbours < 1) {
      throw new IllegalArgumentException(
          "neighbours: expected at least 1, but got " + neighbours + ".");
    }
  }

  /** Three for each sample. */
  public static NearestNeighbours defaults() {
    return new NearestNeighbours(3);
  }

  /**
   * A real image near a sample.
   *
   * @param image its index among the real images
   * @param distance to the sample
   */
  public record Neighbour(int image, double distance) {}

  /**
   * Distances in one space.
   *
   * @param space the compared quantity, for reports
   * @param ofSamples for each sample its nearest real images, in ascending order
   * @param ofReals the distance of each real image to its nearest other
   */
  public record Space(String space, List<List<Neighbour>> ofSamples, List<Double> ofReals) {

    /** Copies the lists. */
    public Space {
      ofSamples = List.copyOf(ofSamples);
      ofReals = List.copyOf(ofReals);
    }

    /** Returns the metrics for a report. */
    public Summary summary() {
      List<Double> samples = ofSamples.stream().map(near -> near.get(0).distance()).toList();
      double near = quantile(ofReals, NEAR_QUANTILE);
      long nearer = samples.stream().filter(distance -> distance < near).count();
      return new Summary(
          space,
          quantile(samples, 0.5),
          quantile(samples, 0),
          quantile(ofReals, 0.5),
          quantile(ofReals, 0),
          (double) nearer / samples.size());
    }
  }

  /**
   * Distances to the nearest real image.
   *
   * @param space what is compared
   * @param samplesMedian over the samples
   * @param samplesSmallest over the samples
   * @param realsMedian over the real images, each to its nearest other
   * @param realsSmallest over the real images
   * @param nearShare share of samples that are nearer to a real image than 95 % of the real images
   *     are to another; about 0.05 or less if nothing was memorised, near 1 if everything was
   */
  public record Summary(
      String space,
      double samplesMedian,
      double samplesSmallest,
      double realsMedian,
      double realsSmallest,
      double nearShare) {}

  /**
   * The results by features and by pixels.
   *
   * @param features Euclidean distances of features
   * @param pixels 1 − the correlation of pixels, so that neither a blurred nor a paler copy is far
   */
  public record Result(Space features, Space pixels) {}

  /** Returns the nearest real images of all samples. */
  public Result find(MeasuredImages reals, MeasuredImages samples) {
    FeatureMatrix real = reals.features();
    FeatureMatrix sample = samples.features();
    FeatureMatrix.requireSameDimensions(real, sample);
    Space features =
        space(
            "features",
            real.count(),
            sample.count(),
            (i, j) -> Math.sqrt(SquaredDistances.between(sample, i, real, j)),
            (i, j) -> Math.sqrt(SquaredDistances.between(real, i, real, j)));
    PixelCorrelation realPixels = new PixelCorrelation(reals.pixels());
    PixelCorrelation samplePixels = new PixelCorrelation(samples.pixels());
    Space pixels =
        space(
            String.format(
                Locale.ROOT, "pixels at %d×%d", MeasuredImages.PIXELS, MeasuredImages.PIXELS),
            real.count(),
            sample.count(),
            (i, j) -> samplePixels.distance(i, realPixels, j),
            (i, j) -> realPixels.distance(i, realPixels, j));
    return new Result(features, pixels);
  }

  private interface Distance {
    double of(int i, int j);
  }

  private Space space(String name, int reals, int samples, Distance toReals, Distance amongReals) {
    List<List<Neighbour>> ofSamples =
        IntStream.range(0, samples)
            .parallel()
            .mapToObj(sample -> nearest(reals, real -> toReals.of(sample, real)))
            .toList();
    List<Double> ofReals =
        IntStream.range(0, reals)
            .parallel()
            .mapToObj(
                real ->
                    IntStream.range(0, reals)
                        .filter(other -> other != real)
                        .mapToDouble(other -> amongReals.of(real, other))
                        .min()
                        .orElseThrow())
            .toList();
    return new Space(name, ofSamples, ofReals);
  }

  private List<Neighbour> nearest(int reals, IntToDoubleFunction distance) {
    List<Neighbour> all = new ArrayList<>(reals);
    for (int real = 0; real < reals; real++) {
      all.add(new Neighbour(real, distance.applyAsDouble(real)));
    }
    return all.stream()
        .sorted(Comparator.comparingDouble(Neighbour::distance))
        .limit(neighbours)
        .toList();
  }

  private static double quantile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
