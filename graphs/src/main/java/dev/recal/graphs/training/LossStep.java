package dev.recal.graphs.training;

import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.Transfer;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A training step that lowers the sum of named losses: losses → gradients → {@link WeightUpdates},
 * in one {@code session.run}, or in as many as the gradient is summed over.
 */
public final class LossStep {

  private final List<String> names;
  private final List<Operand<TFloat32>> gradients;
  private final Operand<TFloat32> learningRate;
  private final List<Operand<TFloat32>> metrics;
  private final Op accumulate;
  private final Op apply;

  /**
   * How weights learn.
   *
   * @param updates optimiser, schedule, decay, clipping, accumulation
   * @param session precision, which decides on the scaling of the loss
   * @param transfer frozen scopes and their rates
   * @param steps of the whole training
   * @param stepsPerEpoch of one pass over the data
   */
  public record Settings(
      UpdateSettings updates,
      SessionSettings session,
      Transfer transfer,
      long steps,
      long stepsPerEpoch) {

    /** Rejects missing settings, and numbers below 1. */
    public Settings {
      Objects.requireNonNull(updates, "updates");
      Objects.requireNonNull(session, "session");
      Objects.requireNonNull(transfer, "transfer");
      Arguments.atLeast(1, "steps", steps);
      Arguments.atLeast(1, "stepsPerEpoch", stepsPerEpoch);
    }

    /** The settings of a training in which all weights learn at one rate. */
    public Settings(
        UpdateSettings updates, SessionSettings session, long steps, long stepsPerEpoch) {
      this(updates, session, Transfer.defaults(), steps, stepsPerEpoch);
    }
  }

  /**
   * Adds the step to a graph that has its losses.
   *
   * @param tf for the operations
   * @param counters of the graph
   * @param context of the network: penalties are added to the losses, statistics are updated
   * @param losses scalars of one run, by name
   */
  public LossStep(
      Ops tf,
      StepCounters counters,
      BuildContext context,
      Settings settings,
      Map<String, Operand<TFloat32>> losses) {
    VariableStore store = context.store();
    this.names = List.copyOf(losses.keySet());
    Operand<TFloat32> loss = tf.math.addN(new ArrayList<>(losses.values()));
    double epochs = (double) settings.steps() / settings.stepsPerEpoch();
    this.learningRate =
        settings
            .updates()
            .learningRate()
            .rate(tf, counters.step().read(), settings.stepsPerEpoch(), epochs);
    LossScaling scaling = settings.session().scaling(store, "loss");
    List<Variable<TFloat32>> variables = settings.transfer().trainable(store.trainable());
    List<Operand<TFloat32>> reads = new ArrayList<>();
    variables.forEach(variable -> reads.add(variable.read()));
    this.gradients = Gradients.of(scaling.scaled(tf, objective(tf, loss, context)), reads);
    WeightUpdates.Setup setup =
        new WeightUpdates.Setup(
                tf,
                store,
                settings.updates(),
                counters.step().read(),
                learningRate,
                Optional.empty())
            .withRates(settings.transfer()::factor)
            .withScaling(scaling)
            .withStatistics(context::updates);
    WeightUpdates updates = WeightUpdates.of(setup, variables, gradients);
    this.accumulate = counters.summing(tf, updates.sums());
    this.apply = counters.completing(tf, scaling.adjusted(tf, updates.changes()));
    List<Operand<TFloat32>> reported = new ArrayList<>(List.of(loss));
    reported.addAll(losses.values());
    this.metrics = store.replicas().means(tf, reported);
  }

  private static Operand<TFloat32> objective(Ops tf, Operand<TFloat32> loss, BuildContext context) {
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> penalty : context.penalties()) {
      sum = tf.math.add(sum, penalty);
    }
    return sum;
  }

  /** Returns one gradient for each trained variable, in the store's order. */
  public List<Operand<TFloat32>> gradients() {
    return gradients;
  }

  /** Returns the sum of the losses of all replicas' batch, a scalar. */
  public Operand<TFloat32> loss() {
    return metrics.get(0);
  }

  /** Returns the losses of all replicas' batch by name, scalars. */
  public Map<String, Operand<TFloat32>> losses() {
    Map<String, Operand<TFloat32>> parts = new LinkedHashMap<>();
    names.forEach(name -> parts.put(name, metrics.get(1 + parts.size())));
    return parts;
  }

  /** Returns one run that completes a step. */
  public Op apply() {
    return apply;
  }

  /**
   * Takes one step.
   *
   * @param runs of the session
   * @param inputs whose unreadable items are reported
   * @return the means over the runs
   * @throws IOException if an input cannot be read any more
   */
  public StepMetrics take(Session session, int runs, List<InputPipeline> inputs)
      throws IOException {
    double loss = 0;
    double rate = 0;
    Map<String, Double> parts = new TreeMap<>();
    for (int i = 1; i <= runs; i++) {
      try (Result result = fetch(session, i < runs ? accumulate : apply, inputs)) {
        for (int input = 0; input < inputs.size(); input++) {
          inputs.get(input).reportUnreadable(result.get(input));
        }
        int next = inputs.size();
        rate = scalar(result, next++);
        loss += scalar(result, next++) / runs;
        for (String name : names) {
          parts.merge(name, scalar(result, next++) / runs, Double::sum);
        }
      }
    }
    return StepMetrics.of(loss, rate).with(parts);
  }

  private Result fetch(Session session, Op target, List<InputPipeline> inputs) {
    Session.Runner runner = session.runner();
    inputs.forEach(input -> runner.fetch(input.marks()));
    runner.fetch(learningRate).addTarget(target);
    metrics.forEach(runner::fetch);
    return runner.run();
  }

  private static double scalar(Result result, int index) {
    return ((TFloat32) result.get(index)).getFloat();
  }
}
