package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import java.util.Objects;
import org.tensorflow.types.TFloat32;

/**
 * Weight decay: its rate and the variables it applies to. Layers exempt some of their variables,
 * SRM all of them; a scope can exempt more.
 *
 * @param rate the factor of the weight in its gradient, not negative
 * @param scope which of the remaining variables it applies to
 */
public record WeightDecay(double rate, Scope scope) {

  /** The variables that decay. */
  public enum Scope {
    /** All. */
    ALL,
    /** Kernels: variables of rank above 1 except gamma and beta, which are (K, C) in AN. */
    KERNELS
  }

  /** Rejects negative rates. */
  public WeightDecay {
    Objects.requireNonNull(scope, "scope");
    if (!(rate >= 0)) {
      throw new IllegalArgumentException("rate: expected at least 0, but got " + rate + ".");
    }
  }

  /** 1e-4 on all. */
  public static WeightDecay defaults() {
    return new WeightDecay(1e-4, Scope.ALL);
  }

  /** Returns the rate for one variable. */
  public float of(Variable<TFloat32> variable) {
    boolean applies = variable.decayed() && (scope == Scope.ALL || isKernel(variable));
    return applies ? (float) rate : 0f;
  }

  private static boolean isKernel(Variable<TFloat32> variable) {
    String word = variable.name().substring(variable.name().lastIndexOf('/') + 1);
    boolean affine = word.equals("gamma") || word.equals("beta");
    return !affine && variable.shape().numDimensions() > 1;
  }
}
