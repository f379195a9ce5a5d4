package dev.recal.graphs.optimisation;

import dev.recal.ops.Arguments;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.collective.CollectiveSettings;
import dev.recal.ops.collective.DeviceMeans;
import dev.recal.ops.collective.ReplicaGroup;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.gradient.PlacedGradients;
import dev.recal.ops.runtime.ComputeDevices;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Devices of one process that train one network: a training tower on each of them, over its part of
 * the batch, and one set of variables. The gradients of all towers become their mean on the first
 * device, which changes the variables.
 *
 * <p>Stored batch statistics are those of the first tower.
 *
 * @param devices for example {@code /device:GPU:0}; empty for one tower, whose device TensorFlow
 *     chooses
 * @param synchronised whether batch statistics are those of the whole batch
 */
public record DeviceReplicas(List<String> devices, boolean synchronised) {

  private static final int GROUP_KEY = 1_000_003;

  /** Rejects repeated devices. */
  public DeviceReplicas {
    devices = List.copyOf(devices);
    Arguments.require(
        new HashSet<>(devices).size() == devices.size(), "devices", "different ones", devices);
  }

  /** Returns one tower, whose device TensorFlow chooses. */
  public static DeviceReplicas single() {
    return new DeviceReplicas(List.of(), false);
  }

  /**
   * Returns the first GPUs of this process; with fewer than two, TensorFlow chooses the device.
   *
   * @param count how many TensorFlow uses
   * @param synchronised whether batch statistics are those of the whole batch
   */
  public static DeviceReplicas gpus(int count, boolean synchronised) {
    return count < 2
        ? single()
        : new DeviceReplicas(
            IntStream.range(0, count).mapToObj(i -> "/device:GPU:" + i).toList(), synchronised);
  }

  /**
   * Returns the GPUs of this process, see {@link dev.recal.ops.runtime.Device}; with fewer than
   * two, TensorFlow chooses the device.
   *
   * @param synchronised whether batch statistics are those of the whole batch
   * @param workers the processes that train together
   * @throws IllegalArgumentException for synchronised statistics of several workers with several
   *     GPUs each
   */
  public static DeviceReplicas ofProcess(boolean synchronised, Replicas workers) {
    long count =
        ComputeDevices.found().stream().filter(device -> device.type().equals("GPU")).count();
    if (count > 1 && synchronised && !workers.isSingle()) {
      throw new IllegalArgumentException(
          "batchStatistics: expected local, since "
              + workers.size()
              + " workers have "
              + count
              + " GPUs each, but got synchronised; start a worker for each GPU instead.");
    }
    return gpus((int) count, synchronised);
  }

  /** Returns the number of towers. */
  public int size() {
    return Math.max(1, devices.size());
  }

  /**
   * Returns each tower's part of a batch.
   *
   * @param batch whose first dimension the number of towers divides
   * @param <T> its type
   */
  public <T extends TType> List<Operand<T>> parts(Ops tf, Operand<T> batch) {
    if (size() == 1) {
      return List.of(batch);
    }
    long count = batch.shape().get(0);
    Arguments.require(
        count < 0 || count % size() == 0,
        "batch",
        "a multiple of " + size() + ", the number of devices",
        count);
    return List.copyOf(tf.split(tf.constant(0), batch, (long) size()).output());
  }

  /**
   * Returns a tower for each device.
   *
   * @param tower of all devices; its batch statistics are replaced if {@link #synchronised}
   * @param step a number that differs in every run
   */
  public List<Tower> towers(Ops tf, Tower tower, Operand<TInt64> step) {
    if (size() == 1) {
      Tower only = tower.atStep(step);
      return List.of(devices.isEmpty() ? only : only.placedOn(devices.get(0)));
    }
    List<Tower> towers = new ArrayList<>();
    Operand<TInt64> first = tf.math.mul(step, tf.constant((long) size()));
    for (int i = 0; i < size(); i++) {
      // Numbers that no other tower and no other run has, so that random draws differ.
      Tower own =
          tower
              .named(i == 0 ? tower.name() : tower.name() + i)
              .placedOn(devices.get(i))
              .atStep(tf.math.add(first, tf.constant((long) i)));
      towers.add(synchronised ? own.withBatchStatisticsOver(group(i)) : own);
    }
    return towers;
  }

  private ReplicaGroup group(int index) {
    CollectiveSettings settings = CollectiveSettings.defaults().withGroupKey(GROUP_KEY);
    return ReplicaGroup.of(size(), index, devices.get(index), settings);
  }

  /**
   * Adds the mean over all towers of their objectives' gradients.
   *
   * @param objectives of the towers, in order
   * @param variables the values that the gradients are of
   */
  public List<Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> objectives, List<Operand<TFloat32>> variables) {
    if (devices.isEmpty()) {
      return Gradients.of(objectives.get(0), variables);
    }
    List<List<Operand<TFloat32>>> gradients = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      gradients.add(PlacedGradients.of(devices.get(i), objectives.get(i), variables));
    }
    return DeviceMeans.of(tf, devices, gradients);
  }
}
