package dev.recal.graphs.pruning;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Accuracy against the share of pruned channels, by one ranking.
 *
 * @param ranking its name, for example {@code gate} or {@code random 1}
 * @param points in the order of their shares
 */
public record PruningCurve(String ranking, List<PruningPoint> points) {

  /** Copies the points. */
  public PruningCurve {
    Objects.requireNonNull(ranking, "ranking");
    points = List.copyOf(points);
  }

  /** Returns the shares of the points. */
  public List<Double> shares() {
    return points.stream().map(PruningPoint::share).toList();
  }

  /**
   * Prunes and measures, share by share; afterwards the network is restored.
   *
   * @param shares each from 0 to 1
   * @param measured receives each point
   * @throws IOException if the images cannot be read
   */
  public static PruningCurve measure(
      String name,
      PrunableNetwork network,
      ChannelRanking ranking,
      List<Double> shares,
      Comparison comparison,
      Consumer<PruningPoint> measured)
      throws IOException {
    List<PruningPoint> points = new ArrayList<>();
    try {
      for (double share : shares) {
        Map<String, int[]> channels = ranking.lowest(share, comparison);
        network.prune(channels);
        PruningPoint point = new PruningPoint(share, network.cost(channels), network.accuracy());
        measured.accept(point);
        points.add(point);
      }
    } finally {
      network.restore();
    }
    return new PruningCurve(name, points);
  }
}
