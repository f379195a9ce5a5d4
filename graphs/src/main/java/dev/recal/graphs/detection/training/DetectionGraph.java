package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.loss.DetectorLoss;
import dev.recal.graphs.detection.loss.GroundTruths;
import dev.recal.graphs.training.LossStep;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The training step of a detector as a static graph: batch → detector → losses → {@link LossStep}.
 *
 * @param store the variables
 * @param networkVariables the detector's own, without counters, sums and slots
 * @param step lowers the losses
 */
record DetectionGraph(VariableStore store, List<Variable<?>> networkVariables, LossStep step) {

  /**
   * A batch to learn from.
   *
   * @param images (N, H, W, 3) in 0–1
   * @param objects in them
   */
  record Batch(Operand<TFloat32> images, TargetBatch.Objects objects) {}

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
    VariableStore store = settings.session().store(graph, replicas);
    Ops tf = GraphScope.ops(graph).withSubScope("trainer");
    StepCounters counters = StepCounters.of(store);
    List<String> stored = new ArrayList<>(settings.transfer().frozen());
    stored.addAll(settings.storedStatistics());
    Tower tower =
        Tower.training()
            .atStep(counters.run().read())
            .frozen(stored)
            .withBatchStatisticsOver(settings.session().batchStatistics().over(replicas));
    Set<Variable<?>> before = Set.copyOf(store.all());
    BuildContext context = BuildContext.of(store, tower);
    GroundTruths truths =
        GroundTruths.of(
            context.at("truths").tf(),
            detector.conventions(),
            batch.objects(),
            batch.objects().sizes());
    Map<String, Operand<TFloat32>> losses =
        DetectorLoss.build(context, detector, batch.images(), truths, settings.samples());
    List<Variable<?>> own = store.all().stream().filter(v -> !before.contains(v)).toList();
    LossStep.Settings rates =
        new LossStep.Settings(
            settings.updates(),
            settings.session(),
            settings.transfer(),
            settings.totalSteps(stepsPerEpoch),
            stepsPerEpoch);
    return new DetectionGraph(store, own, new LossStep(tf, counters, context, rates, losses));
  }
}
