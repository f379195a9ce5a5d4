package dev.recal.graphs.synthesis.oneshot.metrics;

import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidCalls;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Measures samples of one training image as they are generated; they are not kept. Not thread-safe.
 */
public final class OneShotMeasurement {

  private final FeatureMapSource source;
  private final PyramidMaps image;
  private final PixelDiversity diversity;
  private final SingleImageFrechet frechet;
  private final List<Double> distances = new ArrayList<>();

  /**
   * A measurement without samples.
   *
   * @param source not closed by this object
   * @param image the training image in 0–1; a grey one gets three equal channels for the feature
   *     network
   * @throws IllegalArgumentException if the image has one intensity only, or is too small for the
   *     feature network
   */
  public OneShotMeasurement(FeatureMapSource source, PyramidMaps image) {
    this.source = source;
    this.image = image;
    this.diversity = new PixelDiversity(image.values(), image.channels());
    this.frechet = new SingleImageFrechet(source, batch(image.values()));
  }

  /**
   * Measures images that a pyramid generates at the size of its training image.
   *
   * @param source not closed by this method
   * @param seed of the images
   * @param count at least two
   * @param startScale the scale at which randomness begins
   * @param done is told the number of measured images
   * @throws IllegalArgumentException if there are too few images, or the scale does not exist
   */
  public static OneShotReport of(
      FeatureMapSource source,
      PyramidCalls pyramid,
      long seed,
      int count,
      int startScale,
      IntConsumer done) {
    OneShotReport.requireCount(count);
    Pyramid sizes = pyramid.pyramid();
    PyramidCalls.Samples samples =
        new PyramidCalls.Samples(seed, count, sizes.height(), sizes.width(), startScale);
    OneShotMeasurement measurement = new OneShotMeasurement(source, pyramid.original());
    pyramid.generate(
        samples,
        images -> {
          for (int i = 0; i < images.count(); i++) {
            measurement.add(images.map(i));
            done.accept(measurement.distances.size());
          }
        });
    return measurement.report();
  }

  /**
   * Adds one sample.
   *
   * @param sample in 0–1, with the size of the training image
   */
  public void add(float[] sample) {
    if (sample.length != image.values().length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "sample: expected the training image's %d values, but got %d.",
              image.values().length,
              sample.length));
    }
    diversity.add(sample);
    distances.add(frechet.distance(batch(sample)));
  }

  private ImageBatch batch(float[] values) {
    return ImageBatch.ofFloats(1, image.height(), image.width(), image.channels(), values);
  }

  /**
   * Returns the metrics of the samples so far.
   *
   * @throws IllegalArgumentException if there are fewer than two
   */
  public OneShotReport report() {
    SingleImageFrechet.Score score = SingleImageFrechet.Score.of(distances);
    return new OneShotReport(
        source.description(),
        distances.size(),
        score.mean(),
        score.standardDeviation(),
        diversity.value());
  }
}
