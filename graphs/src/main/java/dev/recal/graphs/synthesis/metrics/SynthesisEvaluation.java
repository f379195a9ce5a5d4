package dev.recal.graphs.synthesis.metrics;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * Measures generated images against real ones.
 *
 * <p>A training run measures the real images once and compares the samples of each checkpoint:
 *
 * <pre>{@code
 * MeasuredImages reals = evaluation.measure(realStream);
 * SynthesisReport report = evaluation.compare(reals, evaluation.measure(sampleStream));
 * }</pre>
 *
 * @param settings the settings
 * @param features the feature network; not closed here
 * @param distance for the diversity, if it is measured; not closed here
 */
public record SynthesisEvaluation(
    EvaluationSettings settings, FeatureSource features, Optional<PairDistance> distance) {

  /** Rejects missing parts. */
  public SynthesisEvaluation {
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(distance, "distance");
  }

  /**
   * Returns all metrics at once.
   *
   * @param reals the real images
   * @param samples the generated images
   * @throws IOException if images cannot be read
   * @throws IllegalArgumentException if there are too few images, or features are not finite
   */
  public SynthesisReport evaluate(ImageStream reals, ImageStream samples) throws IOException {
    return compare(measure(reals), measure(samples));
  }

  /** Measures the images of one side, for any number of calls of {@link #compare}. */
  public MeasuredImages measure(ImageStream images) throws IOException {
    return MeasuredImages.of(images, features, settings.diversity(), distance);
  }

  /** Returns all metrics of images measured before with these features. */
  public SynthesisReport compare(MeasuredImages reals, MeasuredImages samples) {
    PrecisionRecall.Score score =
        settings.precisionRecall().measure(reals.features(), samples.features());
    NearestNeighbours.Result found = settings.neighbours().find(reals, samples);
    return new SynthesisReport(
        features.description(),
        SynthesisReport.Side.of(reals),
        SynthesisReport.Side.of(samples),
        settings.kernel().seed(),
        FrechetDistance.between(reals.statistics(), samples.statistics()),
        settings.kernel().between(reals.features(), samples.features()),
        settings.precisionRecall().neighbours(),
        score,
        distance.map(PairDistance::name),
        found);
  }
}
