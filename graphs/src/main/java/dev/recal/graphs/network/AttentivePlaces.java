package dev.recal.graphs.network;

import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.Norm;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The positions of attentive norms in a network.
 *
 * <p>Li, Sun, Wu 2020 (arXiv 1908.01259): in a bottleneck the norm after the 3×3 only, in a basic
 * block the first, with 10, 10, 20 and 20 components.
 *
 * @param places at least one
 * @param components K of each stage; the stem has the first stage's
 * @param norm every other setting; its own components are not used
 */
public record AttentivePlaces(
    List<NormPlace> places, List<Integer> components, AttentiveNorm norm) {

  private static final List<Integer> COMPONENTS = List.of(10, 10, 20, 20);

  /** Rejects missing and repeated places, and components below 2. */
  public AttentivePlaces {
    Objects.requireNonNull(norm, "norm");
    places = List.copyOf(places);
    components = List.copyOf(components);
    if (places.isEmpty() || EnumSet.copyOf(places).size() < places.size()) {
      throw new IllegalArgumentException(
          "places: expected one or more different places, but got " + places + ".");
    }
    if (components.stream().anyMatch(count -> count < 2)) {
      throw new IllegalArgumentException(
          "components: expected at least 2 in each stage, but got " + components + ".");
    }
  }

  /** After the 3×3 of bottlenecks: the published default. */
  public static AttentivePlaces defaults() {
    return at(NormPlace.BN2);
  }

  /** At these places, with 10, 10, 20 and 20 components over batch norm. */
  public static AttentivePlaces at(NormPlace... places) {
    return new AttentivePlaces(List.of(places), COMPONENTS, AttentiveNorm.defaults());
  }

  /** The same with another K of each stage. */
  public AttentivePlaces components(List<Integer> counts) {
    return new AttentivePlaces(places, counts, norm);
  }

  /** The same with other settings of the norm. */
  public AttentivePlaces norm(AttentiveNorm other) {
    return new AttentivePlaces(places, components, other);
  }

  /** Returns the norm at a position: the attentive one if there is one, otherwise {@code other}. */
  Norm at(NormPlace place, int stage, Norm other) {
    return places.contains(place) ? norm.components(components.get(stage)) : other;
  }

  /** Rejects a network without one of the places, or with another number of stages. */
  void requireFits(String network, Set<NormPlace> known, int stages) {
    if (!known.containsAll(places)) {
      throw new IllegalArgumentException(
          "places: expected some of "
              + known.stream().sorted().toList()
              + " in a "
              + network
              + ", but got "
              + places
              + ".");
    }
    if (components.size() != stages) {
      throw new IllegalArgumentException(
          "components: expected one for each of the "
              + stages
              + " stages, but got "
              + components
              + ".");
    }
  }
}
