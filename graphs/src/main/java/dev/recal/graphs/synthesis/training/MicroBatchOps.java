package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The micro-batches of a step.
 *
 * <p>Without accumulation there is one. With accumulation there are several of the discriminator,
 * the last of which updates its weights, then as many of the generator in the same way.
 */
final class MicroBatchOps {

  /** Counts the micro-batches of a step for one network. */
  static final String PART = "training/part";

  private final Ops tf;
  private final VariableStore store;
  private final Variable<TInt64> step;
  private final int accumulation;
  private Op discriminatorDone;
  private Op discriminatorSum;
  private Op discriminatorStep;
  private Op generatorSum;
  private Op generatorStep;

  MicroBatchOps(Ops tf, VariableStore store, Variable<TInt64> step, int accumulation) {
    this.tf = tf;
    this.store = store;
    this.step = step;
    this.accumulation = accumulation;
  }

  /** Defines the micro-batches of the discriminator. */
  void discriminator(WeightUpdates update, LossScaling scaling) {
    List<Op> changes = scaling.adjusted(tf, update.changes());
    discriminatorDone = tf.withControlDependencies(changes).noOp();
    if (accumulation > 1) {
      discriminatorSum = counted(update.sums());
      discriminatorStep = restarted(changes);
    }
  }

  /**
   * Returns a view of a variable of the discriminator whose value is read after the discriminator's
   * step: in a step of one micro-batch its reads wait.
   */
  Variable<TFloat32> afterDiscriminator(Variable<TFloat32> variable) {
    if (accumulation > 1) {
      return variable;
    }
    return variable.readAfter(tf.withControlDependencies(List.of(discriminatorDone)));
  }

  /** Defines the micro-batches of the generator. */
  void generator(WeightUpdates update, LossScaling scaling) {
    List<Op> changes = scaling.adjusted(tf, update.changes());
    List<Op> all = new ArrayList<>(changes);
    if (accumulation > 1) {
      generatorSum = counted(update.sums());
      all.add(restarted(changes));
    } else {
      all.add(discriminatorDone);
    }
    generatorStep =
        tf.withControlDependencies(
                List.of(
                    tf.withControlDependencies(all)
                        .assignAddVariableOp(step.handle(), tf.constant(1L))))
            .noOp();
  }

  private Op counted(List<Op> work) {
    return tf.withControlDependencies(work).assignAddVariableOp(part().handle(), tf.constant(1L));
  }

  private Op restarted(List<Op> work) {
    return tf.withControlDependencies(work).assignVariableOp(part().handle(), tf.constant(0L));
  }

  private Variable<?> part() {
    return store.find(PART).orElseThrow();
  }

  /** Updates only the discriminator. */
  Op discriminatorDone() {
    return discriminatorDone;
  }

  /** Adds to the discriminator's sums; only with accumulation. */
  Op discriminatorSum() {
    return discriminatorSum;
  }

  /** Updates the discriminator; only with accumulation. */
  Op discriminatorStep() {
    return discriminatorStep;
  }

  /** Adds to the generator's sums; only with accumulation. */
  Op generatorSum() {
    return generatorSum;
  }

  /** Updates the generator, and without accumulation the discriminator before it. */
  Op generatorStep() {
    return generatorStep;
  }
}
