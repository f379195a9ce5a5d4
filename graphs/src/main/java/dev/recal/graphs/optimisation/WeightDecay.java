package dev.recal.graphs.optimisation;

import dev.recal.ops.Arguments;
import dev.recal.ops.Variable;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.tensorflow.types.TFloat32;

/**
 * Weight decay: its rate and the variables it applies to. Layers exempt some of their variables,
 * SRM all of them; a scope can exempt more.
 *
 * @param rate the factor of the weight in its gradient, not negative
 * @param scope which of the remaining variables it applies to
 * @param rates other rates, for parts of the network; the longest matching scope of a variable
 *     applies
 */
public record WeightDecay(double rate, Scope scope, List<ScopeRate> rates) {

  /** The variables that decay. */
  public enum Scope {
    /** All. */
    ALL,
    /** Kernels: variables of rank above 1 except gamma and beta, which are (K, C) in AN. */
    KERNELS
  }

  /**
   * The rate of a part of the network.
   *
   * @param scope for example {@code head}, or {@code stage4/block2}
   * @param rate not negative
   */
  public record ScopeRate(String scope, double rate) {

    /** Rejects empty scopes and negative rates. */
    public ScopeRate {
      Transfer.requireScope(scope);
      requireRate(rate);
    }
  }

  /** Rejects negative rates, and two rates of one scope. */
  public WeightDecay {
    Objects.requireNonNull(scope, "scope");
    requireRate(rate);
    rates = List.copyOf(rates);
    List<String> scopes = rates.stream().map(ScopeRate::scope).toList();
    Arguments.require(
        scopes.stream().distinct().count() == scopes.size(), "rates", "each scope once", scopes);
  }

  /** One rate. */
  public WeightDecay(double rate, Scope scope) {
    this(rate, scope, List.of());
  }

  /** 1e-4 on all. */
  public static WeightDecay defaults() {
    return new WeightDecay(1e-4, Scope.ALL);
  }

  private static void requireRate(double rate) {
    if (!(rate >= 0)) {
      throw new IllegalArgumentException("rate: expected at least 0, but got " + rate + ".");
    }
  }

  /** Returns the rate for one variable. */
  public float of(Variable<TFloat32> variable) {
    boolean applies = variable.decayed() && (scope == Scope.ALL || isKernel(variable));
    return applies ? (float) rate(variable) : 0f;
  }

  private double rate(Variable<TFloat32> variable) {
    return rates.stream()
        .filter(part -> Transfer.covers(part.scope, variable.name()))
        .max(Comparator.comparingInt(part -> part.scope.length()))
        .map(ScopeRate::rate)
        .orElse(rate);
  }

  /**
   * Rejects scopes of {@link #rates} that no network has.
   *
   * @param variables of all networks that train
   */
  void requireKnown(List<Variable<TFloat32>> variables) {
    for (ScopeRate part : rates) {
      if (variables.stream().noneMatch(v -> Transfer.covers(part.scope, v.name()))) {
        throw new IllegalArgumentException(
            "weightDecay.rates: the network has no scope '"
                + part.scope
                + "'; its outermost ones are "
                + Transfer.outermost(variables)
                + ".");
      }
    }
  }

  private static boolean isKernel(Variable<TFloat32> variable) {
    String word = variable.name().substring(variable.name().lastIndexOf('/') + 1);
    boolean affine = word.equals("gamma") || word.equals("beta");
    return !affine && variable.shape().numDimensions() > 1;
  }
}
