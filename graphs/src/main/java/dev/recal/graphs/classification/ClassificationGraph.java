package dev.recal.graphs.classification;

import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.optimisation.DeviceReplicas;
import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.StatisticsEstimate;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Everything that a run computes, as one static graph: batch → network → loss → gradients → {@link
 * WeightUpdates}, so that a step is one {@code session.run}, and an evaluation tower.
 *
 * <p>With averaged weights there is a third tower, which estimates the averages' batch statistics,
 * and the evaluation reads the averages.
 */
final class ClassificationGraph {

  private final ClassificationSettings settings;
  private final VariableStore store;
  private final Ops tf;
  private final StepCounters counters;
  private final Objective objective;
  private final TrainingTowers training;
  private final List<Variable<?>> networkVariables;
  private final Operand<TFloat32> learningRate;
  private final Op accumulate;
  private final Op apply;
  private final ClassificationTower evaluation;
  private final List<Operand<TFloat32>> metrics;
  private final Optional<Estimation> estimation;
  private final JobGraph job;

  /**
   * How averaged weights get batch statistics.
   *
   * @param start sets the averages to the weights, once before training
   * @param estimate of the statistics, from training batches
   */
  record Estimation(Op start, StatisticsEstimate estimate) {}

  /**
   * The three streams of images; the graph must hold them already.
   *
   * @param classWeights factors of the training loss for each class; empty for 1
   * @param views of the images of the evaluation
   * @param imageSize rows and columns of a view
   */
  record Batches(
      Batch training,
      Batch evaluation,
      Batch statistics,
      long stepsPerEpoch,
      List<Double> classWeights,
      Views views,
      int imageSize) {

    /** Without weights, and one view. */
    Batches(Batch training, Batch evaluation, Batch statistics, long stepsPerEpoch) {
      this(training, evaluation, statistics, stepsPerEpoch, List.of(), Views.SINGLE, 0);
    }
  }

  private ClassificationGraph(
      Graph graph,
      Network network,
      ClassificationSettings settings,
      Batches batches,
      Replicas replicas,
      DeviceReplicas devices) {
    this.settings = settings;
    this.store = settings.session().store(graph, replicas);
    this.tf = GraphScope.ops(graph).withSubScope("trainer");
    this.counters = StepCounters.of(store);
    Tower tower =
        Tower.training()
            .frozen(settings.transfer().frozen())
            .withBatchStatisticsOver(settings.session().batchStatistics().over(replicas));
    this.objective = Objective.of(settings);
    Set<Variable<?>> before = Set.copyOf(store.all());
    this.training =
        TrainingTowers.build(
            store,
            tf,
            tower,
            counters.run().read(),
            network,
            batches.training(),
            Targets.of(settings, batches.classWeights()),
            objective,
            devices);
    this.networkVariables = store.all().stream().filter(v -> !before.contains(v)).toList();
    Optional<AveragedWeights> averages =
        settings.updates().average().map(d -> AveragedWeights.of(store));
    this.learningRate = learningRate(batches.stepsPerEpoch());
    LossScaling scaling = settings.session().scaling(store, "loss");
    WeightUpdates updates =
        updates(settings.transfer().trainable(store.trainable()), averages, scaling);
    this.accumulate = counters.summing(tf, updates.sums());
    this.apply = counters.completing(tf, scaling.adjusted(tf, updates.changes()));
    Tower answering = Tower.inference();
    this.evaluation =
        ClassificationTower.evaluating(
            store,
            averages.map(a -> answering.withVariables(a.substitution())).orElse(answering),
            network,
            batches.evaluation(),
            batches.views(),
            batches.imageSize(),
            objective);
    List<Operand<TFloat32>> metrics = new ArrayList<>();
    metrics.add(training.loss(tf));
    training.correct(tf).ifPresent(correct -> metrics.add(tf.dtypes.cast(correct, TFloat32.class)));
    this.metrics = replicas.means(tf, metrics);
    this.estimation = averages.map(a -> estimate(a, network, batches.statistics()));
    this.job = JobGraph.of(store);
  }

  /**
   * Adds everything to a graph.
   *
   * @param replicas the copies of the network that train together
   */
  static ClassificationGraph build(
      Graph graph,
      Network network,
      ClassificationSettings settings,
      Batches batches,
      Replicas replicas) {
    return build(graph, network, settings, batches, replicas, DeviceReplicas.single());
  }

  /**
   * Adds everything to a graph.
   *
   * @param replicas the copies of the network that train together
   * @param devices on which this process trains its copy
   */
  static ClassificationGraph build(
      Graph graph,
      Network network,
      ClassificationSettings settings,
      Batches batches,
      Replicas replicas,
      DeviceReplicas devices) {
    return new ClassificationGraph(graph, network, settings, batches, replicas, devices);
  }

  private Operand<TFloat32> learningRate(long stepsPerEpoch) {
    double epochs = (double) settings.totalSteps(stepsPerEpoch) / stepsPerEpoch;
    return settings
        .updates()
        .learningRate()
        .rate(tf, counters.step().read(), stepsPerEpoch, epochs);
  }

  private WeightUpdates updates(
      List<Variable<TFloat32>> variables, Optional<AveragedWeights> averages, LossScaling scaling) {
    List<Operand<TFloat32>> reads = new ArrayList<>();
    variables.forEach(variable -> reads.add(variable.read()));
    UpdateSettings of = settings.updates();
    WeightUpdates.Setup setup =
        new WeightUpdates.Setup(tf, store, of, counters.step().read(), learningRate, averages)
            .withRates(settings.transfer()::factor)
            .withScaling(scaling)
            .withStatistics(inside -> training.context().updates(inside));
    return WeightUpdates.of(
        setup, variables, training.gradients(tf, loss -> scaling.scaled(tf, loss), reads));
  }

  private Estimation estimate(AveragedWeights averages, Network network, Batch batch) {
    Tower tower =
        Tower.training()
            .named("statistics")
            .atStep(counters.run().read())
            .withVariables(averages.substitution())
            .frozen(settings.transfer().frozen());
    ClassificationTower built =
        ClassificationTower.build(store, tower, network, batch, Targets.plain(), objective);
    return new Estimation(
        averages.copy(tf),
        StatisticsEstimate.of(
            tf, StatisticsEstimate.number(tf), built.context().movingAverages(), averages));
  }

  /** What a loop does to the graph. */
  JobGraph job() {
    return job;
  }

  /** The network's own variables, without counters, averages, sums and slots. */
  List<Variable<?>> networkVariables() {
    return networkVariables;
  }

  /** The mean loss of a batch, of all replicas together: a scalar. */
  Operand<TFloat32> loss() {
    return metrics.get(0);
  }

  /**
   * How many images of a replica's part of the batch were classified correctly, on average; empty
   * for numbers.
   */
  Optional<Operand<TFloat32>> correct() {
    return metrics.size() > 1 ? Optional.of(metrics.get(1)) : Optional.empty();
  }

  ClassificationTower evaluation() {
    return evaluation;
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

  Optional<Estimation> estimation() {
    return estimation;
  }
}
