package dev.recal.graphs.training;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.optimisation.GradientSums;
import dev.recal.graphs.optimisation.VariableUpdate;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The static graph of a training run: batch → network → loss → gradients → {@code ResourceApply*},
 * so that a step is one {@code session.run}; and an evaluation tower.
 *
 * <p>With averaged weights there is a third tower, which estimates the averages' batch statistics,
 * and the evaluation reads the averages. With accumulation a micro-batch either adds its gradient
 * to the sum or also applies the sum.
 */
final class TrainingGraph {

  private final TrainingSettings settings;
  private final VariableStore store;
  private final Ops tf;
  private final Variable<TInt64> step;
  private final Variable<TInt64> run;
  private final ClassificationTower training;
  private final List<Variable<TFloat32>> learned;
  private final Operand<TFloat32> learningRate;
  private final Op accumulate;
  private final Op apply;
  private final ClassificationTower evaluation;
  private final Optional<Estimation> estimation;
  private final Operand<TBool> finite;
  private final Saver saver;
  private final List<Variable<?>> ofNetwork;

  /**
   * The estimation of the averages' batch statistics.
   *
   * @param start sets the averages to the weights, once before training
   * @param estimate of the statistics, from training batches
   */
  record Estimation(Op start, StatisticsEstimate estimate) {}

  private TrainingGraph(Graph graph, Network network, TrainingSettings settings, Batches batches) {
    this.settings = settings;
    this.store = new VariableStore(graph, settings.seed());
    this.tf = GraphScope.ops(graph).withSubScope("trainer");
    this.step = store.counter("training/step");
    this.run = store.counter("training/run");
    Tower tower = Tower.training().atStep(run.read()).frozen(settings.transfer().frozen());
    Targets targets = Targets.of(settings);
    Set<Variable<?>> counters = Set.copyOf(store.all());
    this.training = ClassificationTower.build(store, tower, network, batches.training(), targets);
    this.learned = learned(tower);
    this.ofNetwork = store.all().stream().filter(v -> !counters.contains(v)).toList();
    Optional<AveragedWeights> averages = settings.average().map(d -> AveragedWeights.of(store));
    long stepsPerEpoch = batches.stepsPerEpoch();
    double epochs = (double) settings.totalSteps(stepsPerEpoch) / stepsPerEpoch;
    this.learningRate = settings.learningRate().rate(tf, step.read(), stepsPerEpoch, epochs);
    List<Operand<TFloat32>> gradients = gradients();
    List<Op> sums = new ArrayList<>(training.context().updates());
    List<Op> changes = new ArrayList<>();
    addSteps(gradients, averages, sums, changes);
    this.accumulate = counted(sums, run);
    this.apply = counted(changes, run, step);
    Tower answering = Tower.inference();
    this.evaluation =
        ClassificationTower.build(
            store,
            averages.map(a -> answering.over(a.substitution())).orElse(answering),
            network,
            batches.evaluation(),
            Targets.plain());
    this.estimation = averages.map(a -> estimate(a, network, batches.statistics()));
    this.finite = FiniteValues.all(tf, store);
    this.saver = Saver.add(tf, "save", store.all());
  }

  /** The three streams of images, which must already be in the graph. */
  record Batches(Batch training, Batch evaluation, Batch statistics, long stepsPerEpoch) {}

  /** Adds everything to a graph. */
  static TrainingGraph build(
      Graph graph, Network network, TrainingSettings settings, Batches batches) {
    return new TrainingGraph(graph, network, settings, batches);
  }

  private List<Variable<TFloat32>> learned(Tower tower) {
    List<Variable<TFloat32>> all = store.trainable();
    settings.transfer().requireKnown(all);
    List<Variable<TFloat32>> free =
        all.stream().filter(variable -> !tower.isFrozen(variable.name())).toList();
    if (free.isEmpty()) {
      throw new IllegalArgumentException(
          "transfer.frozen: no trainable variable is left outside "
              + settings.transfer().frozen()
              + ".");
    }
    return free;
  }

  private Operand<TFloat32> rate(Variable<TFloat32> variable) {
    float factor = settings.transfer().factor(variable);
    return factor == 1 ? learningRate : tf.math.mul(learningRate, tf.constant(factor));
  }

  private List<Operand<TFloat32>> gradients() {
    List<Operand<TFloat32>> reads = new ArrayList<>();
    learned.forEach(variable -> reads.add(variable.read()));
    return Gradients.of(training.objective(), reads);
  }

  // Defines the operations of accumulating and of applying micro-batches.
  private void addSteps(
      List<Operand<TFloat32>> gradients,
      Optional<AveragedWeights> averages,
      List<Op> sums,
      List<Op> changes) {
    changes.addAll(sums);
    List<Variable<TFloat32>> variables = learned;
    GradientSums summed = GradientSums.of(tf, store, variables, gradients, settings.accumulation());
    sums.addAll(summed.additions());
    Operand<TFloat32> number =
        tf.dtypes.cast(tf.math.add(step.read(), tf.constant(1L)), TFloat32.class);
    List<Operand<TFloat32>> clipped = clip(summed.complete());
    List<Op> applied = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<TFloat32> variable = variables.get(i);
      float decay = settings.weightDecay().of(variable);
      applied.add(
          settings
              .optimiser()
              .apply(
                  new VariableUpdate(
                      tf, store, variable, clipped.get(i), rate(variable), number, decay)));
    }
    changes.addAll(applied);
    changes.addAll(summed.resets(applied));
    Operand<TFloat32> done = tf.dtypes.cast(step.read(), TFloat32.class);
    averages.ifPresent(
        a -> changes.addAll(a.updates(tf, applied, settings.average().orElseThrow(), done)));
  }

  private List<Operand<TFloat32>> clip(List<Operand<TFloat32>> gradients) {
    if (settings.clipNorm().isEmpty()) {
      return gradients;
    }
    List<Operand<TFloat32>> squares = new ArrayList<>();
    gradients.forEach(g -> squares.add(tf.nn.l2Loss(g)));
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.math.addN(squares), tf.constant(2f)));
    Operand<TFloat32> limit = tf.constant(settings.clipNorm().get().floatValue());
    Operand<TFloat32> factor = tf.math.div(limit, tf.math.maximum(norm, limit));
    return gradients.stream().<Operand<TFloat32>>map(g -> tf.math.mul(g, factor)).toList();
  }

  @SafeVarargs
  private Op counted(List<Op> work, Variable<TInt64>... counters) {
    Ops after = tf.withControlDependencies(work);
    List<Op> counts = new ArrayList<>();
    for (Variable<TInt64> counter : counters) {
      counts.add(after.assignAddVariableOp(counter.handle(), tf.constant(1L)));
    }
    return tf.withControlDependencies(counts).noOp();
  }

  private Estimation estimate(AveragedWeights averages, Network network, Batch batch) {
    Tower tower =
        Tower.training()
            .named("statistics")
            .atStep(run.read())
            .over(averages.substitution())
            .frozen(settings.transfer().frozen());
    ClassificationTower built =
        ClassificationTower.build(store, tower, network, batch, Targets.plain());
    return new Estimation(
        averages.copy(tf),
        StatisticsEstimate.of(tf, StatisticsEstimate.number(tf), built.context().movingAverages()));
  }

  VariableStore store() {
    return store;
  }

  /** The network's own variables, without counters, averages, sums and slots. */
  List<Variable<?>> ofNetwork() {
    return ofNetwork;
  }

  ClassificationTower training() {
    return training;
  }

  ClassificationTower evaluation() {
    return evaluation;
  }

  Operand<TFloat32> learningRate() {
    return learningRate;
  }

  /** The micro-batch that adds to the gradient's sum; unused without accumulation. */
  Op accumulate() {
    return accumulate;
  }

  /** The micro-batch that completes a step. */
  Op apply() {
    return apply;
  }

  Optional<Estimation> estimation() {
    return estimation;
  }

  /** Whether all weights, statistics, slots and averages are finite. */
  Operand<TBool> finite() {
    return finite;
  }

  Saver saver() {
    return saver;
  }
}
