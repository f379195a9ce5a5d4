package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.InferenceSettings;
import dev.recal.graphs.detection.MaskRcnn;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.StartingWeights;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The training of a detector as a file.
 *
 * @param name a short name for people and directories
 * @param network what is trained; the data sets its number of classes
 * @param data images and objects
 * @param training optimiser, schedule and other training settings
 * @param detections which ones are kept in evaluations and exports
 * @param weights what the whole detector starts from; empty for random values
 * @param backbone what the backbone starts from: an imported classification network or a run of
 *     one; empty for random values
 */
public record DetectionRecipe(
    String name,
    Detector network,
    DetectionData data,
    DetectionTraining training,
    InferenceSettings detections,
    Optional<StartingWeights> weights,
    Optional<StartingWeights> backbone)
    implements Recipe {

  private static final int LARGEST_EVALUATION_BATCH = 8;

  /** Rejects missing parts and names that are not file names. */
  public DetectionRecipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(detections, "detections");
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(backbone, "backbone");
    Recipe.requireName(name);
  }

  @Override
  public DetectionRecipe at(Path base) {
    return new DetectionRecipe(
        name,
        network,
        data.at(base),
        training,
        detections,
        weights.map(start -> start.at(base)),
        backbone.map(start -> start.at(base)));
  }

  /** Returns the same recipe for another detector. */
  public DetectionRecipe withNetwork(Detector other) {
    return new DetectionRecipe(name, other, data, training, detections, weights, backbone);
  }

  /** Returns the same recipe without weights to start from. */
  DetectionRecipe fromRandomValues() {
    return new DetectionRecipe(
        name, network, data, training, detections, Optional.empty(), Optional.empty());
  }

  /** Returns the same recipe for other data. */
  public DetectionRecipe withData(DetectionData other) {
    return new DetectionRecipe(name, network, other, training, detections, weights, backbone);
  }

  /** Returns how images are prepared for a training step. */
  PipelineSettings trainingInput() {
    return data.trainingInput(training.microBatch(), training.session().seed(), hasMasks());
  }

  /** Returns how images are prepared for evaluation. */
  PipelineSettings evaluationInput() {
    return data.evaluationInput(Math.min(LARGEST_EVALUATION_BATCH, training.microBatch()));
  }

  /** Returns whether nothing of the detector has been trained before. */
  boolean startsFromRandomValues() {
    return weights.isEmpty() && backbone.isEmpty();
  }

  /** Returns whether the detector has masks. */
  boolean hasMasks() {
    return network instanceof MaskRcnn net && net.stages().get(0).masks().isPresent();
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
