package dev.recal.models;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.weights.InitialWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A network with the location of its weights: a run, or a SavedModel exported by Recal.
 *
 * @param recipe that it was trained with
 * @param labels the class names in the order of the logits
 * @param weights of the network
 */
public record TrainedNetwork(
    ClassificationRecipe recipe, List<String> labels, InitialWeights weights) {

  /** Copies the labels. */
  public TrainedNetwork {
    labels = List.copyOf(labels);
  }

  /**
   * Opens a run's directory, with the best of its checkpoints, or a SavedModel.
   *
   * @throws IllegalArgumentException if the path is neither, or the SavedModel is not one of Recal
   * @throws IOException if it cannot be read
   */
  public static TrainedNetwork open(Path path) throws IOException {
    TrainedRecipe<ClassificationRecipe> trained =
        TrainedRecipe.open(path, ClassificationRecipe.class);
    return new TrainedNetwork(trained.recipe(), trained.labels(), trained.weights());
  }
}
