package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.features.LossNetworks;
import dev.recal.graphs.features.RandomLossNetwork;
import dev.recal.ops.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a network for arbitrary styles is trained with. The loss network is also its encoder.
 *
 * @param network a SavedModel with named maps; empty for random features
 * @param seed of the random features
 * @param maps whose means and deviations should be those of the style image
 * @param contentWeight of the content loss
 * @param styleWeight of the style loss
 */
public record ArbitraryLoss(
    Optional<Path> network,
    long seed,
    List<String> maps,
    double contentWeight,
    double styleWeight) {

  /** Rejects losses without a map, and weights that are not positive. */
  public ArbitraryLoss {
    Objects.requireNonNull(network, "network");
    maps = List.copyOf(maps);
    Arguments.require(!maps.isEmpty(), "maps", "at least one map", maps);
    Arguments.positive("contentWeight", contentWeight);
    Arguments.positive("styleWeight", styleWeight);
  }

  /** Random features; content weight 1, style weight 10, as published for VGG. */
  public static ArbitraryLoss defaults() {
    return new ArbitraryLoss(Optional.empty(), 1, List.of("relu1_2", "relu2_2", "relu3_3"), 1, 10);
  }

  /** Returns the same with absolute paths. */
  public ArbitraryLoss at(Path base) {
    return with(network.map(path -> base.resolve(path).toAbsolutePath().normalize()));
  }

  /** Returns the same with another loss network; empty for random features. */
  public ArbitraryLoss with(Optional<Path> other) {
    return new ArbitraryLoss(other, seed, maps, contentWeight, styleWeight);
  }

  /** Returns a short description of the loss network. */
  public String describe() {
    return network
        .map(path -> "the loss network in " + path)
        .orElseGet(() -> new RandomLossNetwork(seed).description());
  }

  /**
   * Opens the loss network.
   *
   * @param map that is decoded
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it lacks one of the maps
   */
  public LossNetwork open(String map) throws IOException {
    List<String> needed = new ArrayList<>(maps);
    needed.add(map);
    LossNetwork opened =
        network.isPresent()
            ? LossNetworks.onClassPath().open(network.get())
            : new RandomLossNetwork(seed);
    return StyleLoss.requireMaps(opened, needed);
  }
}
