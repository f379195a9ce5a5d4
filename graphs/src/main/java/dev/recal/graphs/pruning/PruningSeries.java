package dev.recal.graphs.pruning;

import java.util.List;
import java.util.Objects;

/**
 * Curves that belong together in a chart: of networks trained with several seeds, or of several
 * random rankings.
 *
 * @param name in the legend
 * @param curves of equal shares, at least one
 */
public record PruningSeries(String name, List<PruningCurve> curves) {

  /** Rejects curves of other shares. */
  public PruningSeries {
    Objects.requireNonNull(name, "name");
    curves = List.copyOf(curves);
    if (curves.isEmpty()) {
      throw new IllegalArgumentException("curves: expected at least one, but got none.");
    }
    List<Double> shares = curves.get(0).shares();
    for (PruningCurve curve : curves) {
      if (!curve.shares().equals(shares)) {
        throw new IllegalArgumentException(
            "curves: expected the shares " + shares + ", but got " + curve.shares() + ".");
      }
    }
  }

  /** Returns the shares of all curves. */
  public List<Double> shares() {
    return curves.get(0).shares();
  }

  /** Returns the accuracies of all curves at a point. */
  public double[] accuracies(int point) {
    return curves.stream().mapToDouble(curve -> curve.points().get(point).accuracy()).toArray();
  }
}
