package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.loss.DetectorLoss;
import dev.recal.graphs.detection.loss.GroundTruths;
import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The training step of a detector as a static graph: batch → detector → losses → gradients → {@link
 * WeightUpdates}, so that a step is one {@code session.run}; and the detector that answers, over
 * the same variables.
 */
final class DetectionGraph {

  private final DetectionTraining settings;
  private final VariableStore store;
  private final Ops tf;
  private final StepCounters counters;
  private final BuildContext context;
  private final Map<String, Operand<TFloat32>> losses;
  private final Operand<TFloat32> loss;
  private final Operand<TFloat32> learningRate;
  private final List<Variable<?>> networkVariables;
  private final List<Operand<TFloat32>> metrics;
  private final Op accumulate;
  private final Op apply;

  /**
   * A batch to learn from.
   *
   * @param images (N, H, W, 3) in 0–1
   * @param objects in them
   */
  record Batch(Operand<TFloat32> images, TargetBatch.Objects objects) {}

  private DetectionGraph(
      Graph graph,
      Detector detector,
      DetectionTraining settings,
      Batch batch,
      long stepsPerEpoch,
      Replicas replicas) {
    this.settings = settings;
    this.store = settings.session().store(graph, replicas);
    this.tf = GraphScope.ops(graph).withSubScope("trainer");
    this.counters = StepCounters.of(store);
    List<String> stored = new ArrayList<>(settings.transfer().frozen());
    stored.addAll(settings.storedStatistics());
    Tower tower =
        Tower.training()
            .atStep(counters.run().read())
            .frozen(stored)
            .withBatchStatisticsOver(settings.session().batchStatistics().over(replicas));
    Set<Variable<?>> before = Set.copyOf(store.all());
    this.context = BuildContext.of(store, tower);
    GroundTruths truths =
        GroundTruths.of(
            context.at("truths").tf(),
            detector.conventions(),
            batch.objects(),
            batch.objects().sizes());
    this.losses = DetectorLoss.build(context, detector, batch.images(), truths, settings.samples());
    this.loss = tf.math.addN(new ArrayList<>(losses.values()));
    this.networkVariables = store.all().stream().filter(v -> !before.contains(v)).toList();
    this.learningRate = learningRate(stepsPerEpoch);
    LossScaling scaling = settings.session().scaling(store, "loss");
    WeightUpdates updates = updates(settings.transfer().trainable(store.trainable()), scaling);
    this.accumulate = counters.summing(tf, updates.sums());
    this.apply = counters.completing(tf, scaling.adjusted(tf, updates.changes()));
    List<Operand<TFloat32>> reported = new ArrayList<>();
    reported.add(loss);
    reported.addAll(losses.values());
    this.metrics = replicas.means(tf, reported);
  }

  /**
   * Adds a step to a graph that has its batch.
   *
   * @param replicas the copies of the detector that train together
   */
  static DetectionGraph build(
      Graph graph,
      Detector detector,
      DetectionTraining settings,
      Batch batch,
      long stepsPerEpoch,
      Replicas replicas) {
    return new DetectionGraph(graph, detector, settings, batch, stepsPerEpoch, replicas);
  }

  private Operand<TFloat32> learningRate(long stepsPerEpoch) {
    double epochs = (double) settings.totalSteps(stepsPerEpoch) / stepsPerEpoch;
    return settings
        .updates()
        .learningRate()
        .rate(tf, counters.step().read(), stepsPerEpoch, epochs);
  }

  private WeightUpdates updates(List<Variable<TFloat32>> variables, LossScaling scaling) {
    List<Operand<TFloat32>> reads = new ArrayList<>();
    variables.forEach(variable -> reads.add(variable.read()));
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
    return WeightUpdates.of(setup, variables, Gradients.of(scaling.scaled(tf, objective()), reads));
  }

  private Operand<TFloat32> objective() {
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> penalty : context.penalties()) {
      sum = tf.math.add(sum, penalty);
    }
    return sum;
  }

  VariableStore store() {
    return store;
  }

  /** The detector's own variables, without counters, sums and slots. */
  List<Variable<?>> networkVariables() {
    return networkVariables;
  }

  /** The sum of the losses of all replicas' batch, a scalar. */
  Operand<TFloat32> loss() {
    return metrics.get(0);
  }

  /** The parts of the loss by name, scalars. */
  Map<String, Operand<TFloat32>> losses() {
    Map<String, Operand<TFloat32>> parts = new LinkedHashMap<>();
    for (String name : losses.keySet()) {
      parts.put(name, metrics.get(1 + parts.size()));
    }
    return parts;
  }

  Operand<TFloat32> learningRate() {
    return learningRate;
  }

  /** One run that adds to the gradient's sum; without accumulation it is not used. */
  Op accumulate() {
    return accumulate;
  }

  /** One run that completes a step. */
  Op apply() {
    return apply;
  }
}
