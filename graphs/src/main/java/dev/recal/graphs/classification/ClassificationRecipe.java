package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.pipeline.Sampling;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.StartingWeights;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The training of a classifier as a file.
 *
 * @param name a short name for people and directories
 * @param network what is trained; the data sets its number of classes
 * @param data the images
 * @param training optimiser, schedule and other training settings
 * @param weights what the network starts from; empty for random values
 */
public record ClassificationRecipe(
    String name,
    Network network,
    DataRecipe data,
    ClassificationSettings training,
    Optional<StartingWeights> weights)
    implements Recipe {

  /** Rejects missing parts and names that are not file names. */
  public ClassificationRecipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(weights, "weights");
    Recipe.requireName(name);
    if (data.verification().isPresent() && network.embeddingStage().isEmpty()) {
      throw new IllegalArgumentException(
          "data.verification: expected a network that learns embeddings, such as MobileFaceNet, but"
              + " got "
              + network.getClass().getSimpleName()
              + ".");
    }
  }

  /** Starts from random values. */
  public ClassificationRecipe(
      String name, Network network, DataRecipe data, ClassificationSettings training) {
    this(name, network, data, training, Optional.empty());
  }

  @Override
  public ClassificationRecipe at(Path base) {
    return new ClassificationRecipe(
        name, network, data.at(base), training, weights.map(start -> start.at(base)));
  }

  /** Returns the same recipe for another network. */
  public ClassificationRecipe withNetwork(Network other) {
    return new ClassificationRecipe(name, other, data, training, weights);
  }

  /** Returns the same recipe with other training settings. */
  public ClassificationRecipe withTraining(ClassificationSettings other) {
    return new ClassificationRecipe(name, network, data, other, weights);
  }

  /** Returns the same recipe for other training images, of which its share is held out. */
  public ClassificationRecipe withImages(DataSource source) {
    return new ClassificationRecipe(name, network, data.withTraining(source), training, weights);
  }

  /** Returns the same recipe that starts from weights. */
  public ClassificationRecipe withWeights(StartingWeights start) {
    return new ClassificationRecipe(name, network, data, training, Optional.of(start));
  }

  /** Returns the same recipe for other data. */
  public ClassificationRecipe withData(DataRecipe other) {
    return new ClassificationRecipe(name, network, other, training, weights);
  }

  /** Returns whether all classes have the same part in training, by sampling or by weights. */
  boolean balancesClasses() {
    return training.classWeights().isPresent() || data.sampling() == Sampling.BALANCED;
  }

  /** Returns how images are prepared for a training step. */
  public PipelineSettings trainingInput() {
    int size = data.imageSize();
    return PipelineSettings.training(
            training.microBatch(), size, size, data.augmentation(), training.session().seed())
        .withJitter(data.jitter())
        .withSampling(data.sampling())
        .withDistortions(data.distortions())
        .withMemoryLimitBytes(data.memoryLimitBytes());
  }

  /** Returns how images are prepared for evaluation. */
  public PipelineSettings evaluationInput() {
    int batch = Math.max(1, Math.min(250, training.microBatch() * 2));
    int size = data.seen().delivered(data.imageSize(), data.evaluationAugmentation());
    return PipelineSettings.evaluation(batch, size, size, data.evaluationAugmentation())
        .withMemoryLimitBytes(data.memoryLimitBytes());
  }

  /**
   * Returns the optimiser steps in an epoch; the remaining images are used in the next one, in
   * another order.
   *
   * @throws IllegalArgumentException if there are fewer images than a step takes
   */
  long stepsPerEpoch(DataSet images) {
    return RecipeData.stepsPerEpoch(images, training.batch());
  }
}
