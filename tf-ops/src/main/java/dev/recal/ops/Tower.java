package dev.recal.ops;

import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * One building of a network into a graph. Several towers of one graph share its variables: a
 * training tower makes them, an evaluation tower finds them again by name.
 *
 * @param name the scope of the tower's operations; variables stand outside it
 * @param phase training or inference
 * @param step the step's number, from which layers draw randomness that a resumed run repeats
 * @param substitution which variable the tower reads in place of the named one; identity except in
 *     towers over averaged weights
 * @param differentiable whether gradients will be asked for; an exported graph has none, and
 *     carries no gradient scaffolding
 * @param portable whether other languages will take the gradients: nothing may be built whose
 *     gradient only Java knows ({@link dev.recal.ops.gradient.CompositeGradient}), or which is fast
 *     on this machine only
 * @param frozen scopes that stay as they are in training: built in inference phase, so that stored
 *     statistics are used and not moved
 */
public record Tower(
    String name,
    Phase phase,
    Optional<Operand<TInt64>> step,
    UnaryOperator<Variable<TFloat32>> substitution,
    boolean differentiable,
    boolean portable,
    Set<String> frozen) {

  /** Refuses missing settings. */
  public Tower {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(substitution, "substitution");
    frozen = Set.copyOf(frozen);
  }

  /** A tower that learns. */
  public static Tower training() {
    return new Tower("training", Phase.TRAINING, Optional.empty(), v -> v, true, false, Set.of());
  }

  /** A tower that answers, and through which gradients may still be taken. */
  public static Tower inference() {
    return new Tower("inference", Phase.INFERENCE, Optional.empty(), v -> v, true, false, Set.of());
  }

  /** A tower to be exported: it answers, and nothing else. */
  public static Tower serving() {
    return new Tower("serving", Phase.INFERENCE, Optional.empty(), v -> v, false, true, Set.of());
  }

  /** A tower to be exported so that others can go on training. */
  public static Tower exportedTraining() {
    return new Tower("train", Phase.TRAINING, Optional.empty(), v -> v, true, true, Set.of());
  }

  /** The same tower under another scope. */
  public Tower named(String otherName) {
    return new Tower(otherName, phase, step, substitution, differentiable, portable, frozen);
  }

  /** The same tower with randomness that follows {@code number}, an int64 scalar. */
  public Tower atStep(Operand<TInt64> number) {
    return new Tower(
        name, phase, Optional.of(number), substitution, differentiable, portable, frozen);
  }

  /** The same tower over other variables. */
  public Tower over(UnaryOperator<Variable<TFloat32>> otherSubstitution) {
    return new Tower(name, phase, step, otherSubstitution, differentiable, portable, frozen);
  }

  /** The same tower with scopes that do not learn. */
  public Tower frozen(Collection<String> scopes) {
    return new Tower(name, phase, step, substitution, differentiable, portable, Set.copyOf(scopes));
  }

  /**
   * Returns whether a scope, or the variable of a name, lies in a frozen scope.
   *
   * @param path words joined by slashes
   */
  public boolean isFrozen(String path) {
    return frozen.stream().anyMatch(scope -> path.equals(scope) || path.startsWith(scope + "/"));
  }
}
