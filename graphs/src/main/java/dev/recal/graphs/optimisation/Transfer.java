package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.tensorflow.types.TFloat32;

/**
 * How a pretrained network is fine-tuned: frozen scopes, and scopes with another learning rate.
 *
 * @param frozen scopes such as {@code stem} and {@code stage1}: their weights do not change, and
 *     their norms use and keep the stored statistics
 * @param rates factors of the learning rate by scope; the longest matching scope of a variable
 *     applies
 */
public record Transfer(List<String> frozen, List<Rate> rates) {

  /**
   * The learning rate factor of a scope.
   *
   * @param scope for example {@code head}, or {@code stage4/block2}
   * @param factor of the learning rate, positive
   */
  public record Rate(String scope, double factor) {

    /** Rejects empty scopes and factors that are not positive. */
    public Rate {
      requireScope(scope);
      if (!(factor > 0)) {
        throw new IllegalArgumentException(
            "factor: expected a positive number, but got "
                + factor
                + "; use 'frozen' to freeze a scope.");
      }
    }
  }

  /** Rejects empty scopes, and two rates of one scope. */
  public Transfer {
    frozen = List.copyOf(frozen);
    rates = List.copyOf(rates);
    frozen.forEach(Transfer::requireScope);
    Set<String> seen = new HashSet<>();
    for (Rate rate : rates) {
      if (!seen.add(rate.scope)) {
        throw new IllegalArgumentException(
            "rates: expected each scope once, but '" + rate.scope + "' is given twice.");
      }
    }
  }

  /** No frozen scopes, and one learning rate. */
  public static Transfer defaults() {
    return new Transfer(List.of(), List.of());
  }

  static void requireScope(String scope) {
    if (scope.isEmpty() || scope.startsWith("/") || scope.endsWith("/")) {
      throw new IllegalArgumentException(
          "scope: expected words joined by slashes, but got '" + scope + "'.");
    }
  }

  /** Returns the factor of the learning rate for a variable. */
  public float factor(Variable<?> variable) {
    return rates.stream()
        .filter(rate -> covers(rate.scope, variable.name()))
        .max(Comparator.comparingInt(rate -> rate.scope.length()))
        .map(rate -> (float) rate.factor)
        .orElse(1f);
  }

  /**
   * Rejects scopes that the network does not have.
   *
   * @param variables the network's
   */
  private void requireKnown(List<? extends Variable<?>> variables) {
    Stream.concat(frozen.stream(), rates.stream().map(Rate::scope))
        .filter(scope -> variables.stream().noneMatch(v -> covers(scope, v.name())))
        .findFirst()
        .ifPresent(
            scope -> {
              throw new IllegalArgumentException(
                  "transfer: the network has no scope '"
                      + scope
                      + "'; its outermost ones are "
                      + outermost(variables)
                      + ".");
            });
  }

  /** Returns the first words of the variables' names, for messages. */
  static String outermost(List<? extends Variable<?>> variables) {
    Set<String> known = new TreeSet<>();
    variables.forEach(v -> known.add(v.name().replaceFirst("/.*", "")));
    return String.join(", ", known);
  }

  /**
   * Returns the variables that are trained: those outside of frozen scopes.
   *
   * @param variables the network's
   * @throws IllegalArgumentException if none is left, or a scope is not the network's
   */
  public List<Variable<TFloat32>> trainable(List<Variable<TFloat32>> variables) {
    requireKnown(variables);
    List<Variable<TFloat32>> free =
        variables.stream()
            .filter(v -> frozen.stream().noneMatch(scope -> covers(scope, v.name())))
            .toList();
    if (free.isEmpty()) {
      throw new IllegalArgumentException(
          "transfer.frozen: no trainable variable is left outside of " + frozen + ".");
    }
    return free;
  }

  static boolean covers(String scope, String name) {
    return name.equals(scope) || name.startsWith(scope + "/");
  }
}
