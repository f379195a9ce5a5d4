package dev.recal.graphs.optimisation;

import dev.recal.ops.ProductFormat;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The only place between gradients and variables: gradients → sums over a step's runs → mean over
 * {@link dev.recal.ops.Replicas} → skipped if {@link LossScaling} finds them not finite → clipped
 * by their global norm → decay, learning rate, optimiser → averaged weights.
 *
 * <p>A step is one run, or with accumulation several: all but the last take {@link #sums()}, the
 * last one {@link #changes()}.
 */
public final class WeightUpdates {

  private final List<Op> sums = new ArrayList<>();
  private final List<Op> changes = new ArrayList<>();

  private WeightUpdates() {}

  /**
   * The inputs of updates besides gradients.
   *
   * @param tf for the operations
   * @param store takes sums and slots; its replicas average gradients
   * @param settings optimiser, decay, clipping, averages, accumulation
   * @param step optimiser steps done, an int64 scalar
   * @param learningRate of this step, a scalar
   * @param rates the factor of the learning rate for a variable
   * @param averages of the variables; empty for none
   * @param scaling of the loss that the gradients are of
   * @param statistics adds what else a run changes, for example moving averages, through the given
   *     ops; not done for an update that is skipped
   */
  public record Setup(
      Ops tf,
      VariableStore store,
      UpdateSettings settings,
      Operand<TInt64> step,
      Operand<TFloat32> learningRate,
      ToDoubleFunction<Variable<TFloat32>> rates,
      Optional<AveragedWeights> averages,
      LossScaling scaling,
      Function<Ops, List<Op>> statistics) {

    /** All variables learn at one rate, with a loss as it is. */
    public Setup(
        Ops tf,
        VariableStore store,
        UpdateSettings settings,
        Operand<TInt64> step,
        Operand<TFloat32> learningRate,
        Optional<AveragedWeights> averages) {
      this(
          tf,
          store,
          settings,
          step,
          learningRate,
          variable -> 1,
          averages,
          LossScaling.none(),
          ops -> List.of());
    }

    /** Returns the same with factors of the learning rate. */
    public Setup withRates(ToDoubleFunction<Variable<TFloat32>> factors) {
      return new Setup(
          tf, store, settings, step, learningRate, factors, averages, scaling, statistics);
    }

    /** Returns the same for the gradients of a scaled loss. */
    public Setup withScaling(LossScaling other) {
      return new Setup(tf, store, settings, step, learningRate, rates, averages, other, statistics);
    }

    /** Returns the same with further changes. */
    public Setup withStatistics(Function<Ops, List<Op>> changes) {
      return new Setup(tf, store, settings, step, learningRate, rates, averages, scaling, changes);
    }
  }

  /**
   * Adds the operations.
   *
   * @param variables what changes
   * @param derivatives the gradients of one run and of the scaled loss, one for each variable, of
   *     its shape
   */
  public static WeightUpdates of(
      Setup setup, List<Variable<TFloat32>> variables, List<Operand<TFloat32>> derivatives) {
    setup.settings().weightDecay().requireKnown(setup.store().trainable());
    Ops tf = setup.tf();
    List<Operand<TFloat32>> gradients = inFloat32(setup, variables, derivatives);
    GradientSums sums =
        GradientSums.of(tf, setup.store(), variables, gradients, setup.settings().accumulation());
    WeightUpdates updates = new WeightUpdates();
    updates.sums.addAll(sums.additions());
    if (!sums.additions().isEmpty()) {
      updates.sums.addAll(setup.scaling().gateOfSums(tf, gradients).run(setup.statistics()));
    }
    List<Operand<TFloat32>> means = setup.store().replicas().means(tf, sums.complete());
    List<Op> applied =
        setup.scaling().gate(tf, means).run(inside -> apply(setup, inside, variables, means));
    updates.changes.addAll(applied);
    updates.changes.addAll(sums.resets(applied));
    return updates;
  }

  // TensorFlow's rewrite gives sums and products bfloat16 if one of their operands was computed in
  // it: a gradient plus a weight's decay would be rounded to the gradient, and the mean over runs,
  // too. The rewrite does not look through this operation, which computes nothing.
  private static List<Operand<TFloat32>> inFloat32(
      Setup setup, List<Variable<TFloat32>> variables, List<Operand<TFloat32>> gradients) {
    if (setup.store().products() != ProductFormat.REWRITTEN) {
      return gradients;
    }
    List<Operand<TFloat32>> kept = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      kept.add(setup.tf().ensureShape(gradients.get(i), variables.get(i).shape()));
    }
    return kept;
  }

  // Everything that a skipped update must not do.
  private static List<Op> apply(
      Setup setup, Ops tf, List<Variable<TFloat32>> variables, List<Operand<TFloat32>> means) {
    UpdateSettings settings = setup.settings();
    List<Operand<TFloat32>> clipped =
        clip(tf, setup.scaling().unscaled(tf, means), settings.clipNorm());
    Operand<TFloat32> number =
        tf.dtypes.cast(tf.math.add(setup.step(), tf.constant(1L)), TFloat32.class);
    List<Op> applied = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<TFloat32> variable = variables.get(i);
      VariableUpdate update =
          new VariableUpdate(
              tf,
              setup.store(),
              variable,
              clipped.get(i),
              rate(setup, variable),
              number,
              settings.weightDecay().of(variable));
      applied.add(settings.optimiser().apply(update));
    }
    List<Op> all = new ArrayList<>(applied);
    if (setup.averages().isPresent()) {
      Operand<TFloat32> done = tf.dtypes.cast(setup.step(), TFloat32.class);
      double decay = settings.average().orElseThrow();
      all.addAll(setup.averages().get().updates(tf, applied, decay, done));
    }
    all.addAll(setup.statistics().apply(tf));
    return all;
  }

  private static Operand<TFloat32> rate(Setup setup, Variable<TFloat32> variable) {
    float factor = (float) setup.rates().applyAsDouble(variable);
    return factor == 1
        ? setup.learningRate()
        : setup.tf().math.mul(setup.learningRate(), setup.tf().constant(factor));
  }

  // PyTorch's clip_grad_norm_ without its 1e-6: g · limit / max(‖g‖, limit).
  private static List<Operand<TFloat32>> clip(
      Ops tf, List<Operand<TFloat32>> gradients, Optional<Double> clipNorm) {
    if (clipNorm.isEmpty()) {
      return gradients;
    }
    List<Operand<TFloat32>> squares = new ArrayList<>();
    gradients.forEach(g -> squares.add(tf.nn.l2Loss(g)));
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.math.addN(squares), tf.constant(2f)));
    Operand<TFloat32> limit = tf.constant(clipNorm.get().floatValue());
    Operand<TFloat32> factor = tf.math.div(limit, tf.math.maximum(norm, limit));
    return gradients.stream().<Operand<TFloat32>>map(g -> tf.math.mul(g, factor)).toList();
  }

  /**
   * Operations of a run that only adds to the sums, with its statistics; none without accumulation.
   */
  public List<Op> sums() {
    return List.copyOf(sums);
  }

  /**
   * Operations of a run that completes a step: the optimiser's, averages, statistics, and resets of
   * the sums.
   */
  public List<Op> changes() {
    return List.copyOf(changes);
  }
}
