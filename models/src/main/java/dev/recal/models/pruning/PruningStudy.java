package dev.recal.models.pruning;

import dev.recal.graphs.pruning.ChannelRanking;
import dev.recal.graphs.pruning.Comparison;
import dev.recal.graphs.pruning.PrunableNetwork;
import dev.recal.graphs.pruning.PruningCurve;
import dev.recal.graphs.pruning.PruningPoint;
import dev.recal.graphs.pruning.PruningReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/**
 * What a pruning study measures.
 *
 * @param shares of the gated channels to prune, each from 0 to 1
 * @param comparison with which others a channel is compared
 * @param seeds of rankings by chance, to compare with; may be empty
 */
public record PruningStudy(List<Double> shares, Comparison comparison, List<Long> seeds) {

  /** Receives each point as soon as it is measured. */
  @FunctionalInterface
  public interface Listener {

    /**
     * A point was measured.
     *
     * @param ranking the curve's name
     */
    void measured(String ranking, PruningPoint point);
  }

  /** Rejects shares outside [0, 1]. */
  public PruningStudy {
    Objects.requireNonNull(comparison, "comparison");
    shares = List.copyOf(shares);
    seeds = List.copyOf(new LinkedHashSet<>(seeds));
    shares.forEach(ChannelRanking::requireShare);
  }

  /**
   * Measures accuracy against the share of channels that are pruned, by their gates and by chance.
   *
   * @param network whole again afterwards
   * @throws IOException if the images cannot be read
   */
  public PruningReport measure(PrunableNetwork network, Listener listener) throws IOException {
    ChannelRanking gates = network.byGates();
    PruningCurve curve = curve(network, "gate", gates, listener);
    List<PruningCurve> controls = new ArrayList<>();
    for (long seed : seeds) {
      ChannelRanking chance = ChannelRanking.random(gates.channels(), seed);
      controls.add(curve(network, "random " + seed, chance, listener));
    }
    return new PruningReport(
        network.images(),
        comparison,
        network.profile(),
        network.maps(),
        network.others(),
        gates,
        curve,
        controls);
  }

  private PruningCurve curve(
      PrunableNetwork network, String name, ChannelRanking ranking, Listener listener)
      throws IOException {
    return PruningCurve.measure(
        name, network, ranking, shares, comparison, point -> listener.measured(name, point));
  }
}
