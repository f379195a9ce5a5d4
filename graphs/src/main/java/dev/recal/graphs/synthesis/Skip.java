package dev.recal.graphs.synthesis;

import dev.recal.ops.SkipLayer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A skip connection: the map of one resolution modulates that of another.
 *
 * @param from height and width of the modulating map
 * @param to height and width of the modulated map @param layer the skip layer
 */
public record Skip(int from, int to, SkipLayer layer) {

  /** Rejects resolutions that are not powers of two and a connection of a map with itself. */
  public Skip {
    Resolutions.require("skip.from", from, 4, 1024);
    Resolutions.require("skip.to", to, 4, 1024);
    Objects.requireNonNull(layer, "layer");
    if (from == to) {
      throw new IllegalArgumentException(
          "skip.to: expected another resolution than skip.from, but both are " + from + ".");
    }
  }

  /** Returns the scope of its variables. */
  String scope() {
    return "skip" + from + "to" + to;
  }

  /** Rejects several connections between the same two maps. */
  static void requireDistinct(List<Skip> skips) {
    Set<String> scopes = new HashSet<>();
    for (Skip skip : skips) {
      if (!scopes.add(skip.scope())) {
        throw new IllegalArgumentException(
            "skips: expected at most one between two resolutions, but got two from "
                + skip.from
                + " to "
                + skip.to
                + ".");
      }
    }
  }
}
