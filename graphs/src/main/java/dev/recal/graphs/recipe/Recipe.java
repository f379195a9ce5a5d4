package dev.recal.graphs.recipe;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.training.TrainingSettings;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A recipe: the settings of a training run.
 *
 * @param name a short name for people and directories
 * @param network the network to train; the data define its number of classes
 * @param data the images
 * @param training optimiser, schedule and further settings
 * @param weights the initial weights; empty for random values
 */
public record Recipe(
    String name,
    Network network,
    DataRecipe data,
    TrainingSettings training,
    Optional<StartingWeights> weights) {

  /** Rejects missing parts and names that are not file names. */
  public Recipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(weights, "weights");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, '.', '_' and '-', but got '" + name + "'.");
    }
  }

  /** Starts from random values. */
  public Recipe(String name, Network network, DataRecipe data, TrainingSettings training) {
    this(name, network, data, training, Optional.empty());
  }

  /** Returns the same recipe whose relative paths start at a directory. */
  public Recipe at(Path base) {
    return new Recipe(name, network, data.at(base), training, weights.map(start -> start.at(base)));
  }

  /** Returns the same recipe for another network. */
  public Recipe withNetwork(Network other) {
    return new Recipe(name, other, data, training, weights);
  }

  /** Returns the same recipe for other training images, of which its share is held out. */
  public Recipe withImages(DataSource source) {
    return new Recipe(name, network, data.withTraining(source), training, weights);
  }

  /** Returns the same recipe that starts from weights. */
  public Recipe withWeights(StartingWeights start) {
    return new Recipe(name, network, data, training, Optional.of(start));
  }
}
