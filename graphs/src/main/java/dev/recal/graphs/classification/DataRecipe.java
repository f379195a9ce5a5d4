package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.ColourJitter;
import dev.recal.graphs.data.pipeline.Distortions;
import dev.recal.graphs.data.pipeline.Sampling;
import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.task.RecipeSources;
import dev.recal.ops.json.Flattened;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The images that a network is trained and evaluated on, and their preparation.
 *
 * @param training the training images
 * @param evaluation the evaluation images; if absent, a share is split off
 * @param holdOut that share of each class, between 0 and 1
 * @param imageSize height and width of the network's input
 * @param augmentation how training images are resized
 * @param jitter random changes of colour
 * @param sampling which training images an epoch holds
 * @param distortions further random changes of training images
 * @param evaluationAugmentation how evaluated or served images are resized
 * @param views of each image in evaluations; one where absent
 * @param memoryLimitBytes a set whose decoded images take less is decoded once
 * @param verification what embeddings are also measured on; for networks that learn them
 */
public record DataRecipe(
    DataSource training,
    Optional<DataSource> evaluation,
    double holdOut,
    int imageSize,
    Augmentation augmentation,
    ColourJitter jitter,
    Sampling sampling,
    @Flattened Distortions distortions,
    Augmentation evaluationAugmentation,
    Optional<Views> views,
    long memoryLimitBytes,
    Optional<VerificationImages> verification) {

  /** Rejects missing settings, random evaluation and shares outside (0, 1). */
  public DataRecipe {
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(jitter, "jitter");
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(distortions, "distortions");
    Objects.requireNonNull(evaluationAugmentation, "evaluationAugmentation");
    views.ifPresent(several -> several.delivered(imageSize, evaluationAugmentation));
    Objects.requireNonNull(verification, "verification");
    new RecipeSources(training, evaluation, holdOut, memoryLimitBytes);
    if (imageSize < 1) {
      throw new IllegalArgumentException(
          "imageSize: expected at least 1, but got " + imageSize + ".");
    }
    if (evaluationAugmentation.isRandom()) {
      throw new IllegalArgumentException(
          "evaluationAugmentation: expected one that is not random, but got "
              + evaluationAugmentation
              + ".");
    }
  }

  /** Each image once in an epoch, no further changes, one view, without verification. */
  public DataRecipe(
      DataSource training,
      Optional<DataSource> evaluation,
      double holdOut,
      int imageSize,
      Augmentation augmentation,
      ColourJitter jitter,
      Augmentation evaluationAugmentation,
      long memoryLimitBytes) {
    this(
        training,
        evaluation,
        holdOut,
        imageSize,
        augmentation,
        jitter,
        Sampling.SHUFFLED,
        Distortions.NONE,
        evaluationAugmentation,
        Optional.empty(),
        memoryLimitBytes,
        Optional.empty());
  }

  /** The textures, a tenth of them held out, 32×32, padded, cropped and flipped. */
  public static DataRecipe defaults() {
    return new DataRecipe(
        Textures.train(),
        Optional.empty(),
        0.1,
        32,
        Augmentation.padCropFlip(),
        ColourJitter.NONE,
        Augmentation.none(),
        OpenSettings.DEFAULT_MEMORY_LIMIT);
  }

  /** Returns where the images come from. */
  public RecipeSources sources() {
    return new RecipeSources(training, evaluation, holdOut, memoryLimitBytes);
  }

  /** Returns the views of each image in evaluations. */
  public Views seen() {
    return views.orElse(Views.SINGLE);
  }

  /** Returns a builder that starts with this recipe. */
  public DataRecipeBuilder with() {
    return new DataRecipeBuilder(this);
  }

  /** Returns the same recipe for other training images, of which its share is held out. */
  public DataRecipe withTraining(DataSource source) {
    return with().training(source).holdOut(holdOut).build();
  }

  /** Returns the same recipe that is measured on other images. */
  public DataRecipe withEvaluation(DataSource source) {
    return with().evaluation(source).build();
  }

  /** Returns the same recipe whose embeddings are measured on other images. */
  public DataRecipe withVerification(VerificationImages images) {
    return with().verification(images).build();
  }

  /** Returns the same recipe that is measured on other views. */
  public DataRecipe withViews(Views other) {
    return with().views(other).build();
  }

  /** Returns the same recipe whose relative paths start at a directory. */
  public DataRecipe at(Path base) {
    DataRecipeBuilder placed = with().training(training.at(base));
    evaluation.map(source -> source.at(base)).ifPresent(placed::evaluation);
    verification.map(images -> images.at(base)).ifPresent(placed::verification);
    return placed.build();
  }
}
