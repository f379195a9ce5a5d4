package dev.recal.graphs.classification;

import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.optimisation.DeviceReplicas;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The network on a batch in training: on one device, or in parts on several of them.
 *
 * @param towers one for each device
 * @param devices the devices
 */
record TrainingTowers(List<ClassificationTower> towers, DeviceReplicas devices) {

  /**
   * Builds the towers.
   *
   * @param tower of all devices
   * @param step a number that differs in every run
   */
  static TrainingTowers build(
      VariableStore store,
      Ops tf,
      Tower tower,
      Operand<TInt64> step,
      Network network,
      Batch batch,
      Targets targets,
      Objective objective,
      DeviceReplicas devices) {
    List<Tower> all = devices.towers(tf, tower, step);
    List<Operand<TFloat32>> images = devices.parts(tf, batch.images());
    List<TargetBatch> parts = parts(tf, batch.targets(), devices);
    List<ClassificationTower> towers = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Batch part = new Batch(images.get(i), parts.get(i));
      towers.add(ClassificationTower.build(store, all.get(i), network, part, targets, objective));
    }
    return new TrainingTowers(towers, devices);
  }

  private static List<TargetBatch> parts(Ops tf, TargetBatch targets, DeviceReplicas devices) {
    if (targets instanceof TargetBatch.Classes one) {
      return List.copyOf(
          devices.parts(tf, one.labels()).stream().map(TargetBatch.Classes::new).toList());
    }
    if (targets instanceof TargetBatch.MultiClasses several) {
      return List.copyOf(
          devices.parts(tf, several.present()).stream()
              .map(TargetBatch.MultiClasses::new)
              .toList());
    }
    if (targets instanceof TargetBatch.Numbers numbers) {
      return List.copyOf(
          devices.parts(tf, numbers.values()).stream().map(TargetBatch.Numbers::new).toList());
    }
    throw new IllegalStateException("targets: no loss compares " + targets + ".");
  }

  /** The mean loss of the batch, a scalar. */
  Operand<TFloat32> loss(Ops tf) {
    List<Operand<TFloat32>> losses = towers.stream().map(ClassificationTower::loss).toList();
    return losses.size() == 1
        ? losses.get(0)
        : tf.math.mul(tf.math.addN(losses), tf.constant(1f / losses.size()));
  }

  /** The number of correct predictions in the batch, an int32 scalar; empty for numbers. */
  Optional<Operand<TInt32>> correct(Ops tf) {
    List<Operand<TInt32>> counts =
        towers.stream().flatMap(tower -> tower.correct().stream()).toList();
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(counts.size() == 1 ? counts.get(0) : tf.math.addN(counts));
  }

  /**
   * The gradients of the objective, the mean over the batch.
   *
   * @param scaling of a tower's objective before its gradients are computed
   */
  List<Operand<TFloat32>> gradients(
      Ops tf, UnaryOperator<Operand<TFloat32>> scaling, List<Operand<TFloat32>> variables) {
    List<Operand<TFloat32>> objectives =
        towers.stream().map(tower -> scaling.apply(tower.minimised())).toList();
    return devices.gradients(tf, objectives, variables);
  }

  /** The context of the first tower, whose statistics are stored. */
  BuildContext context() {
    return towers.get(0).context();
  }
}
