package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a network for arbitrary styles is trained with. The loss network is also its encoder.
 *
 * @param features the loss network
 * @param maps whose means and deviations should be those of the style image
 * @param contentWeight of the content loss
 * @param styleWeight of the style loss
 */
public record ArbitraryLoss(
    @Flattened LossFeatures features, List<String> maps, double contentWeight, double styleWeight) {

  /** Rejects losses without a map, and weights that are not positive. */
  public ArbitraryLoss {
    Objects.requireNonNull(features, "features");
    maps = List.copyOf(maps);
    Arguments.require(!maps.isEmpty(), "maps", "at least one map", maps);
    Arguments.positive("contentWeight", contentWeight);
    Arguments.positive("styleWeight", styleWeight);
  }

  /** Random features; content weight 1, style weight 10. */
  public static ArbitraryLoss defaults() {
    return new ArbitraryLoss(
        LossFeatures.defaults(), List.of("relu1_2", "relu2_2", "relu3_3"), 1, 10);
  }

  /** Returns the same with absolute paths. */
  public ArbitraryLoss at(Path base) {
    return new ArbitraryLoss(features.at(base), maps, contentWeight, styleWeight);
  }

  /** Returns a short description of the loss network. */
  public String describe() {
    return features.describe();
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
    return features.open(needed);
  }
}
