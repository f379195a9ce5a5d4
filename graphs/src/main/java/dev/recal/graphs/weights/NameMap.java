package dev.recal.graphs.weights;

import dev.recal.graphs.weights.NameRules.Member;
import dev.recal.graphs.weights.NameRules.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * The one-to-one mapping of a network's variables to the tensors of another library.
 *
 * @param weights every variable that has a name there, in the order of the network
 * @param unnamed the variables that have none
 * @param counters tensors without a variable: integer counters that are not used in computations
 */
public record NameMap(List<NamedWeight> weights, List<String> unnamed, Set<String> counters) {

  /** Copies the collections, and rejects two variables in one tensor. */
  public NameMap {
    weights = List.copyOf(weights);
    unnamed = List.copyOf(unnamed);
    counters = new LinkedHashSet<>(counters);
    Map<String, String> owners = new LinkedHashMap<>();
    for (NamedWeight weight : weights) {
      String other = owners.put(weight.tensor(), weight.variable());
      if (other != null) {
        throw new IllegalArgumentException(
            "weights: the tensor '"
                + weight.tensor()
                + "' cannot hold both "
                + other
                + " and "
                + weight.variable()
                + ".");
      }
    }
  }

  /** Recal's own names and layouts. */
  public static NameMap identity(Map<String, Shape> variables) {
    List<NamedWeight> weights = new ArrayList<>();
    variables.forEach(
        (path, shape) -> weights.add(new NamedWeight(path, shape, path, Layout.SAME)));
    return new NameMap(weights, List.of(), Set.of());
  }

  /**
   * Applies rules to a network.
   *
   * @param variables the shapes of its variables by path, in creation order
   * @throws IllegalArgumentException if the rules map two variables to one tensor
   */
  public static NameMap of(NameRules rules, Map<String, Shape> variables) {
    List<String> all = List.copyOf(variables.keySet());
    List<NamedWeight> weights = new ArrayList<>();
    List<String> unnamed = new ArrayList<>();
    Set<String> counters = new LinkedHashSet<>();
    variables.forEach(
        (path, shape) ->
            find(rules, path, shape, all, counters)
                .ifPresentOrElse(weights::add, () -> unnamed.add(path)));
    return new NameMap(weights, unnamed, counters);
  }

  private static Optional<NamedWeight> find(
      NameRules rules, String path, Shape shape, List<String> all, Set<String> counters) {
    for (Rule rule : rules.rules()) {
      Optional<PathPattern.Match> match = rule.variable().match(path);
      if (match.isEmpty()) {
        continue;
      }
      Optional<String> rest = match.get().rest();
      if (rule.layout().isPresent()) {
        if (rest.isEmpty() && rule.layout().get().fits(shape)) {
          String name = rule.variable().fill(rule.external(), match.get(), all);
          return Optional.of(new NamedWeight(path, shape, name, rule.layout().get()));
        }
        continue;
      }
      List<Member> members = rules.members(rule.kind().orElseThrow());
      Optional<Member> member = rest.flatMap(below -> member(members, below, shape));
      if (member.isPresent()) {
        String scope = rule.variable().fill(rule.external(), match.get(), all);
        members.stream()
            .filter(m -> m.layout().isEmpty() && m.variable().equals(rest.get()))
            .forEach(m -> counters.add(scope + "." + m.external()));
        Layout layout = member.get().layout().orElseThrow();
        String name = scope + "." + member.get().external();
        return Optional.of(new NamedWeight(path, shape, name, layout));
      }
    }
    return Optional.empty();
  }

  private static Optional<Member> member(List<Member> members, String below, Shape shape) {
    return members.stream()
        .filter(m -> m.variable().equals(below) && m.layout().isPresent())
        .filter(m -> m.layout().get().fits(shape))
        .findFirst();
  }
}
