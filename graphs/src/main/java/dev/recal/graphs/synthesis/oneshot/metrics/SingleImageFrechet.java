package dev.recal.graphs.synthesis.oneshot.metrics;

import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.FeatureStatistics;
import dev.recal.graphs.synthesis.metrics.FrechetDistance;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The Fréchet distance of the patch statistics of two images: every position of a feature map is
 * one sample of its channels. On Inception-v3's map before its second pooling (192 channels) it is
 * SinGAN's SIFID (arXiv 1905.01164, section 3.1), between the training image and one generated
 * image, averaged over the generated images. With the embedded stand-in it is not called SIFID.
 *
 * <p>SIFID depends on the image's size: compare only results of images of one size.
 */
public final class SingleImageFrechet {

  private static final int LEAST_POSITIONS = 2;

  private final FeatureMapSource source;
  private final FeatureStatistics real;

  /**
   * Computes the statistics of the training image.
   *
   * @param source not closed by this object
   * @param real the training image
   * @throws IllegalArgumentException if there are several images, or the map has a single position
   */
  public SingleImageFrechet(FeatureMapSource source, ImageBatch real) {
    this.source = Objects.requireNonNull(source, "source");
    requireOne("real", real);
    this.real = statistics(real);
  }

  /**
   * The result.
   *
   * @param mean over the samples
   * @param standardDeviation over the samples, divided by their number; 0 for a single one
   * @param distances of the single samples
   */
  public record Score(double mean, double standardDeviation, List<Double> distances) {

    /** Copies the distances. */
    public Score {
      distances = List.copyOf(distances);
    }

    /** Returns mean and standard deviation of at least one distance. */
    public static Score of(List<Double> distances) {
      if (distances.isEmpty()) {
        throw new IllegalArgumentException("distances: expected at least one, but got none.");
      }
      double mean = distances.stream().mapToDouble(d -> d).average().getAsDouble();
      double variance =
          distances.stream().mapToDouble(d -> (d - mean) * (d - mean)).average().getAsDouble();
      return new Score(mean, Math.sqrt(variance), distances);
    }
  }

  /** Returns the description of the features. */
  public FeatureDescription features() {
    return source.description();
  }

  /**
   * Returns the distance of one generated image.
   *
   * @throws IllegalArgumentException if there are several images, or the map has a single position
   */
  public double distance(ImageBatch sample) {
    requireOne("sample", sample);
    return FrechetDistance.between(real, statistics(sample));
  }

  /** Returns the distances of generated images, and their mean. */
  public Score measure(ImageBatch samples) {
    List<Double> distances = new ArrayList<>();
    for (int i = 0; i < samples.count(); i++) {
      distances.add(distance(samples.image(i)));
    }
    return Score.of(distances);
  }

  private FeatureStatistics statistics(ImageBatch image) {
    FeatureMatrix positions = source.positions(image);
    if (positions.count() < LEAST_POSITIONS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "image: the feature map of %d×%d pixels needs at least %d positions, but got %d.",
              image.height(),
              image.width(),
              LEAST_POSITIONS,
              positions.count()));
    }
    return FeatureStatistics.of(positions);
  }

  /**
   * Rejects several images.
   *
   * @param name of the argument
   */
  public static void requireOne(String name, ImageBatch image) {
    if (image.count() != 1) {
      throw new IllegalArgumentException(
          name + ": expected one image, but got " + image.count() + ".");
    }
  }
}
