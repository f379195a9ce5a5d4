package dev.recal.ops;

import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * One instantiation of a network in a graph. Several towers of one graph share its variables: a
 * training tower creates them, an evaluation tower looks them up by name.
 *
 * @param name the scope of the tower's operations; variables are outside it
 * @param phase training or inference
 * @param step the step number, from which layers derive randomness that a resumed run repeats
 * @param substitution the variable that the tower reads instead of the named one; identity except
 *     in towers over averaged weights
 * @param differentiable whether gradients will be computed; an exported graph has none, and
 *     contains no operations for them
 * @param portable whether other languages will compute the gradients: no operation may be used
 *     whose gradient is defined only in Java ({@link dev.recal.ops.gradient.CompositeGradient}), or
 *     which is fast only on this machine
 * @param frozen scopes that do not change in training: built in inference phase, so that stored
 *     statistics are used and not updated
 * @param statistics the replicas over whose batches batch statistics are taken in training
 * @param device of the tower's operations; empty if TensorFlow chooses it
 */
public record Tower(
    String name,
    Phase phase,
    Optional<Operand<TInt64>> step,
    UnaryOperator<Variable<TFloat32>> substitution,
    boolean differentiable,
    boolean portable,
    Set<String> frozen,
    Replicas statistics,
    Optional<DeviceSpec> device) {

  /** Rejects missing settings. */
  public Tower {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(substitution, "substitution");
    frozen = Set.copyOf(frozen);
    Objects.requireNonNull(statistics, "statistics");
    Objects.requireNonNull(device, "device");
  }

  private Tower(String name, Phase phase, boolean differentiable, boolean portable) {
    this(
        name,
        phase,
        Optional.empty(),
        variable -> variable,
        differentiable,
        portable,
        Set.of(),
        Replicas.single(),
        Optional.empty());
  }

  /** A training tower. */
  public static Tower training() {
    return new Tower("training", Phase.TRAINING, true, false);
  }

  /** An inference tower through which gradients can still be computed. */
  public static Tower inference() {
    return new Tower("inference", Phase.INFERENCE, true, false);
  }

  /** An inference tower for export. */
  public static Tower serving() {
    return new Tower("serving", Phase.INFERENCE, false, true);
  }

  /** A training tower for export, so that training can continue elsewhere. */
  public static Tower exportedTraining() {
    return new Tower("train", Phase.TRAINING, true, true);
  }

  /** Returns this tower under another scope. */
  public Tower named(String otherName) {
    return new Tower(
        otherName, phase, step, substitution, differentiable, portable, frozen, statistics, device);
  }

  /** Returns this tower with randomness derived from the step {@code number}, an int64 scalar. */
  public Tower atStep(Operand<TInt64> number) {
    return new Tower(
        name,
        phase,
        Optional.of(number),
        substitution,
        differentiable,
        portable,
        frozen,
        statistics,
        device);
  }

  /** Returns this tower over other variables. */
  public Tower withVariables(UnaryOperator<Variable<TFloat32>> otherSubstitution) {
    return new Tower(
        name, phase, step, otherSubstitution, differentiable, portable, frozen, statistics, device);
  }

  /** Returns this tower with frozen scopes. */
  public Tower frozen(Collection<String> scopes) {
    return new Tower(
        name,
        phase,
        step,
        substitution,
        differentiable,
        portable,
        Set.copyOf(scopes),
        statistics,
        device);
  }

  /**
   * Returns this tower with batch statistics over the batches of all replicas of a group, whose
   * sizes are equal; see {@code dev.recal.ops.collective.ReplicaGroup}. All replicas build and run
   * the same towers.
   */
  public Tower withBatchStatisticsOver(Replicas group) {
    return new Tower(
        name, phase, step, substitution, differentiable, portable, frozen, group, device);
  }

  /**
   * Returns this tower with its operations on a device; the gradients need {@link
   * dev.recal.ops.gradient.PlacedGradients}. Variables stay where they are.
   *
   * @param other for example {@code /device:GPU:1}
   */
  public Tower placedOn(String other) {
    return new Tower(
        name,
        phase,
        step,
        substitution,
        differentiable,
        portable,
        frozen,
        statistics,
        Optional.of(Devices.parse(other)));
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
