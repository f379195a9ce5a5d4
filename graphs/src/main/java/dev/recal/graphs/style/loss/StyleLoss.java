package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.features.LossNetworks;
import dev.recal.graphs.features.RandomLossNetwork;
import dev.recal.ops.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a style network is trained with, as a recipe has it: the loss network, and the weights of
 * its maps.
 *
 * @param network a SavedModel with named maps; empty for random features, which have the names of
 *     VGG's maps
 * @param seed of the random features
 * @param content maps whose features should be those of the content image
 * @param style maps whose Gram matrices should be those of the style image
 * @param totalVariation the weight of half the sum of squared differences of neighbouring pixels,
 *     in levels of 0–255: a mean over images. Johnson's release sums over its batch of 4 with
 *     weight 1e-6, which is 4e-6 here
 */
public record StyleLoss(
    Optional<Path> network,
    long seed,
    List<MapWeight> content,
    List<MapWeight> style,
    double totalVariation) {

  /** Rejects losses without a map, and negative weights. */
  public StyleLoss {
    Objects.requireNonNull(network, "network");
    content = List.copyOf(content);
    style = List.copyOf(style);
    Arguments.require(!content.isEmpty(), "content", "at least one map", content);
    Arguments.require(!style.isEmpty(), "style", "at least one map", style);
    Arguments.require(
        totalVariation >= 0 && totalVariation < Double.POSITIVE_INFINITY,
        "totalVariation",
        "at least 0",
        totalVariation);
  }

  /** Random features, with weights that keep content and style visible. */
  public static StyleLoss defaults() {
    return new StyleLoss(
        Optional.empty(), 1, List.of(new MapWeight("relu1_2", 1e7)), styles(1e10), 0);
  }

  /**
   * The maps and weights of PyTorch's example.
   *
   * @param network a SavedModel of VGG-16
   */
  public static StyleLoss pytorch(Path network) {
    return new StyleLoss(
        Optional.of(network), 1, List.of(new MapWeight("relu2_2", 1e5)), styles(1e10), 0);
  }

  private static List<MapWeight> styles(double weight) {
    return Stream.of("relu1_2", "relu2_2", "relu3_3", "relu4_3")
        .map(map -> new MapWeight(map, weight))
        .toList();
  }

  /** Returns the same with absolute paths. */
  public StyleLoss at(Path base) {
    return with(network.map(path -> base.resolve(path).toAbsolutePath().normalize()));
  }

  /** Returns the same with another loss network; empty for random features. */
  public StyleLoss with(Optional<Path> other) {
    return new StyleLoss(other, seed, content, style, totalVariation);
  }

  /** Returns the same with weights multiplied by positive numbers. */
  public StyleLoss scaled(double contentFactor, double styleFactor) {
    return new StyleLoss(
        network, seed, scaled(content, contentFactor), scaled(style, styleFactor), totalVariation);
  }

  private static List<MapWeight> scaled(List<MapWeight> weights, double factor) {
    return weights.stream().map(each -> new MapWeight(each.map(), each.weight() * factor)).toList();
  }

  /** Returns a short description of the loss network. */
  public String describe() {
    return network
        .map(path -> "the loss network in " + path)
        .orElseGet(() -> new RandomLossNetwork(seed).description());
  }

  /** Returns the names of all maps. */
  public Set<String> maps() {
    Set<String> names = new LinkedHashSet<>();
    content.forEach(each -> names.add(each.map()));
    style.forEach(each -> names.add(each.map()));
    return names;
  }

  /**
   * Opens the loss network.
   *
   * @param networks reads SavedModels
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it lacks one of the maps
   */
  public LossNetwork open(LossNetworks networks) throws IOException {
    LossNetwork opened =
        network.isPresent() ? networks.open(network.get()) : new RandomLossNetwork(seed);
    return requireMaps(opened, maps());
  }

  /**
   * Closes and rejects a network that lacks a map.
   *
   * @throws IllegalArgumentException if it does
   */
  static LossNetwork requireMaps(LossNetwork opened, Collection<String> names) {
    for (String name : names) {
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
