package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Dynamic scaling of a loss for float16, whose small gradients would be rounded to 0.
 *
 * <p>The loss is multiplied by a power of two before gradients are computed, and the gradients are
 * divided by it before they are used, which is exact in float32. If a gradient is not finite, the
 * update is skipped: weights, slots, averages and statistics keep their values, and the factor is
 * halved, down to 1, with which nothing is skipped: the run diverges. After 2,000 updates in a row
 * with finite gradients it is doubled. These are the rules of PyTorch's {@code GradScaler} and
 * TensorFlow's {@code LossScaleOptimizer}; Micikevicius et al. 2018 (arXiv 1710.03740).
 *
 * <p>The factor and the number of finite updates are variables under {@code training/}, so
 * checkpoints have them. A skipped update counts as a step: its batch was used.
 */
public final class LossScaling {

  private static final float INITIAL = 1 << 15;
  private static final float MINIMUM = 1;
  private static final float MAXIMUM = 1 << 24;
  private static final long INTERVAL = 2000;
  private static final LossScaling NONE = new LossScaling(Optional.empty(), INTERVAL);

  private final Optional<State> state;
  private final long interval;
  private final List<Operand<TBool>> flags = new ArrayList<>();

  private record State(Variable<TFloat32> factor, Variable<TInt64> finite) {}

  private LossScaling(Optional<State> state, long interval) {
    this.state = state;
    this.interval = interval;
  }

  /** No scaling: gradients are used as they are. */
  public static LossScaling none() {
    return NONE;
  }

  /**
   * Adds the variables of a scaling. Each loss whose gradients are used together has one.
   *
   * @param name of the loss, a word
   */
  public static LossScaling dynamic(VariableStore store, String name) {
    return dynamic(store, name, INITIAL, INTERVAL);
  }

  static LossScaling dynamic(VariableStore store, String name, float initial, long interval) {
    VariableSpec spec = VariableSpec.statistic("loss_scale", Shape.scalar(), new Constant(initial));
    Variable<TFloat32> factor = store.create("training/" + name + "/loss_scale", spec);
    Variable<TInt64> finite = store.counter("training/" + name + "/finite_updates");
    return new LossScaling(Optional.of(new State(factor, finite)), interval);
  }

  /** Returns a loss, or a part of it, multiplied by the factor: what gradients are computed of. */
  public Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> loss) {
    return state.<Operand<TFloat32>>map(s -> tf.math.mul(loss, s.factor().read())).orElse(loss);
  }

  /** Returns a gradient, or its norm, divided by the factor. */
  public Operand<TFloat32> unscaled(Ops tf, Operand<TFloat32> gradient) {
    return state
        .<Operand<TFloat32>>map(s -> tf.math.mul(gradient, tf.math.reciprocal(s.factor().read())))
        .orElse(gradient);
  }

  /** Returns gradients divided by the factor. */
  List<Operand<TFloat32>> unscaled(Ops tf, List<Operand<TFloat32>> gradients) {
    if (state.isEmpty()) {
      return gradients;
    }
    Operand<TFloat32> inverse = tf.math.reciprocal(state.get().factor().read());
    return gradients.stream().<Operand<TFloat32>>map(g -> tf.math.mul(g, inverse)).toList();
  }

  /**
   * Returns the gate of an update, open if all gradients are finite. It is open too if the factor
   * cannot be smaller: such gradients are not a matter of the factor, and end the run as diverged.
   *
   * @param gradients scaled; those of all copies together, so that all copies decide alike
   */
  Gate gate(Ops tf, List<Operand<TFloat32>> gradients) {
    if (state.isEmpty()) {
      return Gate.open(tf);
    }
    Operand<TBool> finite = Gate.allFinite(tf, gradients);
    flags.add(finite);
    return Gate.of(tf, orSmallest(tf, finite, state.get()));
  }

  /**
   * Returns the gate of a run that only adds to sums, whose gradients do not change the factor.
   *
   * @param gradients of this run
   */
  Gate gateOfSums(Ops tf, List<Operand<TFloat32>> gradients) {
    return state.isEmpty()
        ? Gate.open(tf)
        : Gate.of(tf, orSmallest(tf, Gate.allFinite(tf, gradients), state.get()));
  }

  private static Operand<TBool> orSmallest(Ops tf, Operand<TBool> finite, State of) {
    return tf.math.logicalOr(finite, tf.math.lessEqual(of.factor().read(), tf.constant(MINIMUM)));
  }

  /**
   * Returns the operations of a step with the change of the factor after them.
   *
   * @param work all updates of the step that use this scaling
   */
  public List<Op> adjusted(Ops tf, List<Op> work) {
    if (state.isEmpty()) {
      return work;
    }
    List<Op> all = new ArrayList<>(work);
    all.addAll(adjustment(tf.withControlDependencies(work), state.get()));
    return all;
  }

  private List<Op> adjustment(Ops tf, State of) {
    Operand<TBool> finite = flags.get(0);
    for (Operand<TBool> flag : flags.subList(1, flags.size())) {
      finite = tf.math.logicalAnd(finite, flag);
    }
    Operand<TFloat32> factor = of.factor().read();
    Operand<TFloat32> halved =
        tf.math.maximum(tf.math.mul(factor, tf.constant(0.5f)), tf.constant(MINIMUM));
    Operand<TFloat32> doubled =
        tf.math.minimum(tf.math.mul(factor, tf.constant(2f)), tf.constant(MAXIMUM));
    Operand<TInt64> number = tf.math.add(of.finite().read(), tf.constant(1L));
    Operand<TBool> grows = tf.math.equal(number, tf.constant(interval));
    Operand<TInt64> counted = tf.select(grows, tf.constant(0L), number);
    Operand<TFloat32> kept = tf.select(grows, doubled, factor);
    return List.of(
        tf.assignVariableOp(of.factor().handle(), tf.select(finite, kept, halved)),
        tf.assignVariableOp(of.finite().handle(), tf.select(finite, counted, tf.constant(0L))));
  }
}
