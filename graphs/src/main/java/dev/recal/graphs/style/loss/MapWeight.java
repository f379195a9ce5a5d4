package dev.recal.graphs.style.loss;

import dev.recal.ops.Arguments;
import java.util.Objects;

/**
 * A map of the loss network and the weight of its loss.
 *
 * @param map its name
 * @param weight positive
 */
public record MapWeight(String map, double weight) {

  /** Rejects a missing name, and weights that are not positive. */
  public MapWeight {
    Objects.requireNonNull(map, "map");
    Arguments.positive("weight", weight);
  }
}
