package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.io.IOException;
import java.nio.file.Path;
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
 * @param features the loss network
 * @param content maps whose features should be those of the content image
 * @param style maps whose Gram matrices should be those of the style image
 * @param totalVariation the weight of half the sum of squared differences of neighbouring pixels,
 *     in levels of 0–255: a mean over images. Johnson's release sums over its batch of 4 with
 *     weight 1e-6, which is 4e-6 here
 */
public record StyleLoss(
    @Flattened LossFeatures features,
    List<MapWeight> content,
    List<MapWeight> style,
    double totalVariation) {

  /** Rejects losses without a map, and negative weights. */
  public StyleLoss {
    Objects.requireNonNull(features, "features");
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
        LossFeatures.defaults(), List.of(new MapWeight("relu1_2", 1e7)), styles(1e10), 0);
  }

  /**
   * The maps and weights of PyTorch's example.
   *
   * @param network a SavedModel of VGG-16
   */
  public static StyleLoss pytorch(Path network) {
    return new StyleLoss(
        LossFeatures.of(Optional.of(network)),
        List.of(new MapWeight("relu2_2", 1e5)),
        styles(1e10),
        0);
  }

  private static List<MapWeight> styles(double weight) {
    return Stream.of("relu1_2", "relu2_2", "relu3_3", "relu4_3")
        .map(map -> new MapWeight(map, weight))
        .toList();
  }

  /** Returns the same with absolute paths. */
  public StyleLoss at(Path base) {
    return new StyleLoss(features.at(base), content, style, totalVariation);
  }

  /** Returns the same with another loss network; empty for random features. */
  public StyleLoss with(Optional<Path> network) {
    return new StyleLoss(features.with(network), content, style, totalVariation);
  }

  /** Returns the same with weights multiplied by positive numbers. */
  public StyleLoss scaled(double contentFactor, double styleFactor) {
    return new StyleLoss(
        features, scaled(content, contentFactor), scaled(style, styleFactor), totalVariation);
  }

  private static List<MapWeight> scaled(List<MapWeight> weights, double factor) {
    return weights.stream().map(each -> new MapWeight(each.map(), each.weight() * factor)).toList();
  }

  /** Returns a short description of the loss network. */
  public String describe() {
    return features.describe();
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
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it lacks one of the maps
   */
  public LossNetwork open() throws IOException {
    return features.open(maps());
  }
}
