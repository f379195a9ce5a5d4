package dev.recal.graphs.synthesis.metrics;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * Measures generated images against real ones.
 *
 * <p>A training run looks at the real images once and compares the samples of each checkpoint:
 *
 * <pre>{@code
 * MeasuredImages reals = evaluation.measure(realStream);
 * SynthesisReport report = evaluation.compare(reals, evaluation.measure(sampleStream));
 * }</pre>
 *
 * @param settings what is measured
 * @param features of which network; not closed here
 * @param distance for the diversity, where there is to be one; not closed here
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
   * Returns all measures at once.
   *
   * @param reals the images that a generator is to resemble
   * @param samples what it makes
   * @throws IOException if images cannot be read
   * @throws IllegalArgumentException if there are too few images, or features are no numbers
   */
  public SynthesisReport evaluate(ImageStream reals, ImageStream samples) throws IOException {
    return compare(measure(reals), measure(samples));
  }

  /** Looks at the images of one side; {@link #compare} takes them any number of times. */
  public MeasuredImages measure(ImageStream images) throws IOException {
    return MeasuredImages.of(images, features, settings.diversity(), distance);
  }

  /** Returns all measures of images that were looked at before, by these features. */
  public SynthesisReport compare(MeasuredImages reals, MeasuredImages samples) {
    PrecisionRecall.Score score =
        settings.precisionRecall().measure(reals.features(), samples.features());
    NearestNeighbours.Found found = settings.neighbours().find(reals, samples);
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
