package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.synthesis.metrics.DataSetStream;
import dev.recal.graphs.synthesis.metrics.EvaluationSettings;
import dev.recal.graphs.synthesis.metrics.FeatureStatistics;
import dev.recal.graphs.synthesis.metrics.FrechetDistance;
import dev.recal.graphs.synthesis.metrics.ImageStream;
import dev.recal.graphs.synthesis.metrics.SampleStream;
import dev.recal.graphs.synthesis.metrics.StandInFeatures;
import dev.recal.graphs.synthesis.metrics.SynthesisEvaluation;
import dev.recal.graphs.training.Review;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The score for early stopping: the negative Fréchet distance of samples to the training images, by
 * the stand-in features. The samples' latent vectors are the same each time.
 */
final class FrechetScore implements AutoCloseable {

  /** The name of the distance among a review's metrics. */
  static final String METRIC = "frechet_stand_in";

  private static final int SAMPLES = 512;

  private final SynthesisRecipe recipe;
  private final StandInFeatures features = new StandInFeatures();
  private final SynthesisEvaluation evaluation;
  private final FeatureStatistics reals;
  private final float[] latents;

  /** Measures the training images. */
  FrechetScore(SynthesisRecipe recipe, DataSet data) throws IOException {
    this.recipe = recipe;
    long seed = recipe.training().session().seed();
    this.evaluation =
        new SynthesisEvaluation(EvaluationSettings.of(seed), features, Optional.empty());
    this.latents = Latents.draw(seed, SAMPLES, recipe.network().generator().latent());
    boolean crop = recipe.data().fit() == Fit.CROP;
    try {
      this.reals = measure(new DataSetStream(data, recipe.network().size(), crop));
    } catch (IOException | RuntimeException failure) {
      features.close();
      throw failure;
    }
  }

  private FeatureStatistics measure(ImageStream images) throws IOException {
    return evaluation.measure(images).statistics();
  }

  /** Measures samples of a generator. */
  Review measure(SampleStream.Generator generator) throws IOException {
    SampleStream samples =
        new SampleStream(
            "samples",
            generator,
            recipe.network().generator().latent(),
            recipe.network().size(),
            recipe.training().microBatch(),
            latents,
            done -> {});
    double distance = FrechetDistance.between(reals, measure(samples));
    TreeMap<String, Double> metrics = new TreeMap<>();
    metrics.put(METRIC, distance);
    return Review.of(-distance, metrics);
  }

  @Override
  public void close() {
    features.close();
  }
}
