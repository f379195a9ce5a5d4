package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.ColourJitter;
import dev.recal.graphs.data.pipeline.Distortions;
import dev.recal.graphs.data.pipeline.Sampling;
import dev.recal.graphs.data.pipeline.Views;
import java.util.Optional;

/**
 * Changes single settings of a recipe's data; {@link DataRecipe#with} starts one. A setting whose
 * method is not called stays as it is: absent, if it was.
 */
public final class DataRecipeBuilder {

  private DataSource training;
  private Optional<DataSource> evaluation;
  private double holdOut;
  private int imageSize;
  private Augmentation augmentation;
  private ColourJitter jitter;
  private Sampling sampling;
  private Distortions distortions;
  private Augmentation evaluationAugmentation;
  private Optional<Views> views;
  private long memoryLimitBytes;
  private Optional<VerificationImages> verification;

  DataRecipeBuilder(DataRecipe start) {
    training = start.training();
    evaluation = start.evaluation();
    holdOut = start.holdOut();
    imageSize = start.imageSize();
    augmentation = start.augmentation();
    jitter = start.jitter();
    sampling = start.sampling();
    distortions = start.distortions();
    evaluationAugmentation = start.evaluationAugmentation();
    views = start.views();
    memoryLimitBytes = start.memoryLimitBytes();
    verification = start.verification();
  }

  /**
   * Builds the recipe.
   *
   * @throws IllegalArgumentException if settings contradict each other, or are out of range
   */
  public DataRecipe build() {
    return new DataRecipe(
        training,
        evaluation,
        holdOut,
        imageSize,
        augmentation,
        jitter,
        sampling,
        distortions,
        evaluationAugmentation,
        views,
        memoryLimitBytes,
        verification);
  }

  /** Sets the training images. */
  public DataRecipeBuilder training(DataSource images) {
    training = images;
    return this;
  }

  /** Sets the evaluation images. */
  public DataRecipeBuilder evaluation(DataSource images) {
    evaluation = Optional.of(images);
    return this;
  }

  /** Sets the share of the training images that is held out, instead of evaluation images. */
  public DataRecipeBuilder holdOut(double share) {
    evaluation = Optional.empty();
    holdOut = share;
    return this;
  }

  /** Sets rows and columns of the network's input. */
  public DataRecipeBuilder imageSize(int size) {
    imageSize = size;
    return this;
  }

  /** Sets how training images are resized. */
  public DataRecipeBuilder augmentation(Augmentation resizing) {
    augmentation = resizing;
    return this;
  }

  /** Sets random changes of colour. */
  public DataRecipeBuilder jitter(ColourJitter colours) {
    jitter = colours;
    return this;
  }

  /** Sets which training images an epoch holds. */
  public DataRecipeBuilder sampling(Sampling choice) {
    sampling = choice;
    return this;
  }

  /** Sets further random changes of training images. */
  public DataRecipeBuilder distortions(Distortions changes) {
    distortions = changes;
    return this;
  }

  /** Sets how evaluated or served images are resized. */
  public DataRecipeBuilder evaluationAugmentation(Augmentation resizing) {
    evaluationAugmentation = resizing;
    return this;
  }

  /** Sets the views of each image in evaluations. */
  public DataRecipeBuilder views(Views ofImage) {
    views = Optional.of(ofImage);
    return this;
  }

  /** Sets below which size of its decoded images a set is decoded once. */
  public DataRecipeBuilder memoryLimitBytes(long bytes) {
    memoryLimitBytes = bytes;
    return this;
  }

  /** Sets what embeddings are also measured on. */
  public DataRecipeBuilder verification(VerificationImages images) {
    verification = Optional.of(images);
    return this;
  }
}
