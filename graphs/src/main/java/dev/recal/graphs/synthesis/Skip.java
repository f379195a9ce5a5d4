package dev.recal.graphs.synthesis;

import dev.recal.ops.SkipLayer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One skip connection: the map of one resolution gates that of another.
 *
 * @param from rows and columns of the map that decides
 * @param to rows and columns of the map that is changed
 * @param layer how
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

  /** Rejects several between the same two maps. */
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
