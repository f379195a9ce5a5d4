package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.features.LossNetworks;
import dev.recal.graphs.features.RandomLossNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;

/**
 * The loss network that a recipe names.
 *
 * @param network a SavedModel with named maps; empty for random features, which have the names of
 *     VGG's maps
 * @param seed of the random features
 */
public record LossFeatures(Optional<Path> network, long seed) {

  /** Rejects a missing path. */
  public LossFeatures {
    Objects.requireNonNull(network, "network");
  }

  /** Random features of seed 1. */
  public static LossFeatures defaults() {
    return of(Optional.empty());
  }

  /** A SavedModel; random features of seed 1 if empty. */
  public static LossFeatures of(Optional<Path> network) {
    return new LossFeatures(network, 1);
  }

  /** Returns the same with absolute paths. */
  LossFeatures at(Path base) {
    return with(network.map(path -> base.resolve(path).toAbsolutePath().normalize()));
  }

  /** Returns the same with another network; empty for random features. */
  LossFeatures with(Optional<Path> other) {
    return new LossFeatures(other, seed);
  }

  /** Returns a short description. */
  String describe() {
    return network
        .map(path -> "the loss network in " + path)
        .orElseGet(() -> new RandomLossNetwork(seed).description());
  }

  /**
   * Opens the network.
   *
   * @param needed the maps that are needed
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it lacks one of the maps
   */
  LossNetwork open(Collection<String> needed) throws IOException {
    LossNetwork opened =
        network.isPresent()
            ? LossNetworks.onClassPath().open(network.get())
            : new RandomLossNetwork(seed);
    for (String name : needed) {
      if (!opened.maps().contains(name)) {
        String known = String.join(", ", opened.maps());
        String description = opened.description();
        opened.close();
        throw new IllegalArgumentException(
            "map: expected a map of " + description + " (" + known + "), but got " + name + ".");
      }
    }
    return opened;
  }
}
