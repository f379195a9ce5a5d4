package dev.recal.ops;

import dev.recal.ops.initializer.Initializer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The view that a layer has of the graph while it is built: operations, variables by name, phase
 * and seeds.
 *
 * <p>A context is a scope in a tower. {@link #at} opens a scope inside it; the path of scopes is
 * the prefix of every variable's name. A context never touches a session.
 */
public final class BuildContext {

  private final TowerState state;
  private final String path;
  private final Ops tf;
  private final boolean repeated;

  private BuildContext(TowerState state, String path, Ops tf, boolean repeated) {
    this.state = state;
    this.path = path;
    this.tf = tf;
    this.repeated = repeated;
  }

  /** Opens a tower in the store's graph. */
  public static BuildContext of(VariableStore store, Tower tower) {
    TowerState state = new TowerState(store, tower);
    return new BuildContext(state, "", state.scope(""), false);
  }

  /** Returns the operations of this scope. */
  public Ops tf() {
    return tf;
  }

  /**
   * Returns the context of a scope inside this one. A scope may be opened twice; a variable may not
   * be requested twice.
   *
   * @param name one word
   */
  public BuildContext at(String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "name: expected one word without a slash, but got '" + name + "'.");
    }
    String inner = join(name);
    return new BuildContext(state, inner, state.scope(inner), repeated);
  }

  /**
   * Returns this scope for layers that were built in it before, to apply them to a further map with
   * the same variables. Published values remain those of the first application; the layers cannot
   * have moving averages.
   */
  public BuildContext repeated() {
    return new BuildContext(state, path, tf, true);
  }

  /** Returns the path of this scope, joined by slashes; empty at the root. */
  public String path() {
    return path;
  }

  /** Returns the phase: the tower's, but inference in a frozen scope. */
  public Phase phase() {
    return state.tower().isFrozen(path) ? Phase.INFERENCE : state.tower().phase();
  }

  /** Returns whether batch statistics are used and updated. */
  public boolean training() {
    return phase() == Phase.TRAINING;
  }

  /** Returns the replicas of the network that train together, as this graph sees them. */
  public Replicas replicas() {
    return state.store().replicas();
  }

  /** Returns the replicas over whose batches batch statistics are taken in training. */
  public Replicas batchStatisticsReplicas() {
    return state.tower().statistics();
  }

  /** Returns whether gradients may be computed through what is built here. */
  public boolean differentiable() {
    return state.tower().differentiable();
  }

  /**
   * Returns whether other languages will compute gradients, with TensorFlow's own gradients only.
   */
  public boolean portable() {
    return state.tower().portable();
  }

  /**
   * Returns a float32 variable of this scope: a new one, or in a further tower of the same graph
   * the one that an earlier tower created.
   *
   * @throws IllegalArgumentException if this tower has requested the name before, unless the scope
   *     is {@link #repeated}; if it has not, in a repeated scope; or if the variable has another
   *     shape
   */
  public Variable<TFloat32> variable(VariableSpec spec) {
    return state.variable(join(spec.name()), spec, repeated);
  }

  /** Returns a trainable variable's value; see {@link #variable(VariableSpec)}. */
  public Operand<TFloat32> weight(String name, Shape shape, Initializer initializer) {
    return variable(VariableSpec.weight(name, shape, initializer)).read();
  }

  /** Returns a stored statistic; see {@link #variable(VariableSpec)}. */
  public Variable<TFloat32> statistic(String name, Shape shape, Initializer initializer) {
    return variable(VariableSpec.statistic(name, shape, initializer));
  }

  /**
   * Registers a stored statistic's batch value. Ignored outside training, so a layer need not check
   * the phase.
   *
   * @param decay the share of the old value that is kept, from 0 to 1
   */
  public void movingAverage(
      Variable<TFloat32> variable, Operand<TFloat32> batchValue, float decay) {
    if (training()) {
      Arguments.require(
          !repeated,
          "variable",
          "no moving averages in a repeated scope",
          "'" + variable.name() + "'");
      state.movingAverages().add(new MovingAverage(variable, batchValue, decay));
    }
  }

  /** Registers a scalar that training adds to the loss. */
  public void penalty(Operand<TFloat32> scalar) {
    state.penalties().add(scalar);
  }

  /**
   * Publishes an inner value, for example a gate, under this scope's path and a name. Export offers
   * published values in the signature {@code recalibration}.
   */
  public void publish(String name, Operand<?> value) {
    String full = join(name);
    if (state.published().putIfAbsent(full, value) != null && !repeated) {
      throw new IllegalArgumentException("name: '" + full + "' has already been published.");
    }
  }

  /**
   * Declares the multiply-adds of this scope's own operations, without inner scopes, for one image.
   * For layers whose operations do not show them: products over as many pixels as a region happens
   * to have, or grouped convolutions computed as one product with zeros. Several declarations of
   * one scope add up.
   *
   * @param count at least 0
   */
  public void multiplyAdds(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("count: expected at least 0, but got " + count + ".");
    }
    state.multiplyAdds().merge(path, count, Math::addExact);
  }

  /** Returns the declared multiply-adds by path, in build order. */
  public Map<String, Long> multiplyAdds() {
    return Collections.unmodifiableMap(state.multiplyAdds());
  }

  /**
   * Returns a seed for stateless random operations, of shape (2): it differs for every path and
   * name, in training for every step, and for every replica; a resumed run repeats it.
   */
  public Operand<TInt64> seed(String name) {
    int replica = state.store().replicas().index();
    String use = "random:" + join(name) + (replica == 0 ? "" : "@" + replica);
    long derived = Seeds.derive(state.store().seed(), use);
    return state
        .tower()
        .step()
        .<Operand<TInt64>>map(step -> tf.stack(List.of(tf.constant(derived), step)))
        .orElseGet(() -> tf.constant(new long[] {derived, 0}));
  }

  /** Returns every stored statistic with its batch value, in build order. */
  public List<MovingAverage> movingAverages() {
    return Collections.unmodifiableList(state.movingAverages());
  }

  /** Returns the operations that update every stored statistic; run them with each step. */
  public List<Op> updates() {
    return updates(tf);
  }

  /**
   * Returns the operations that update every stored statistic.
   *
   * @param ops for the operations, for example with control dependencies
   */
  public List<Op> updates(Ops ops) {
    return state.movingAverages().stream().map(average -> average.update(ops)).toList();
  }

  /** Returns the penalties in build order. */
  public List<Operand<TFloat32>> penalties() {
    return Collections.unmodifiableList(state.penalties());
  }

  /** Returns the published values by full name, in build order. */
  public Map<String, Operand<?>> published() {
    return Collections.unmodifiableMap(state.published());
  }

  /** Returns the name of the tower. */
  public String tower() {
    return state.tower().name();
  }

  /**
   * Adds a convolution or a matrix product in the graph's number format, see {@link ProductFormat}.
   *
   * @param product adds the operation
   */
  public Operand<TFloat32> product(
      Operand<TFloat32> x, Operand<TFloat32> kernel, BinaryOperator<Operand<TFloat32>> product) {
    return store().products().of(tf, x, kernel, product);
  }

  /** Returns the store. */
  public VariableStore store() {
    return state.store();
  }

  private String join(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
