package dev.recal.ops.collective;

import dev.recal.ops.Arguments;
import dev.recal.ops.Devices;
import dev.recal.ops.Replicas;
import dev.recal.ops.gradient.CompositeGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/**
 * The replicas of a network that train together, as one of them sees the group.
 *
 * <p>Every collective has an instance key, by which the replicas' operations find each other. Keys
 * are numbered in build order: all replicas must build the same graph in the same order, and run
 * the same collectives in each step. A group belongs to one graph and one device; several devices
 * of a process have a group each, with the same settings.
 *
 * <p>A collective whose partners do not arrive blocks until the session's time is over; see {@link
 * CollectiveSettings}. TensorFlow's collectives then stay aborted until the process ends.
 */
public final class ReplicaGroup implements Replicas {

  // Gradients through one forward value: enough for several losses and several updates a step.
  private static final int MAX_BACKWARD_PASSES = 64;

  private static final ReplicaGroup SINGLE =
      new ReplicaGroup(1, 0, "/device:CPU:0", CollectiveSettings.defaults());

  private final int size;
  private final int index;
  private final DeviceSpec device;
  private final CollectiveSettings settings;
  private final AtomicInteger keys;

  private ReplicaGroup(int size, int index, String device, CollectiveSettings settings) {
    this(size, index, Devices.parse(device), settings, new AtomicInteger(settings.firstKey()));
  }

  private ReplicaGroup(
      int size, int index, DeviceSpec device, CollectiveSettings settings, AtomicInteger keys) {
    this.size = size;
    this.index = index;
    this.device = device;
    this.settings = settings;
    this.keys = keys;
  }

  /** Returns the group of a run in one copy: it adds no operations. */
  public static ReplicaGroup single() {
    return SINGLE;
  }

  /**
   * Returns the group as one replica sees it.
   *
   * @param size the number of replicas; with 1, no operations are added
   * @param index of this replica, from 0
   * @param device of this replica, on which its collectives run: {@code
   *     /job:worker/replica:0/task:1/device:CPU:0} in a cluster, {@code /device:CPU:1} in a process
   *     with several devices. No two replicas share a device
   * @param settings the same for all replicas
   */
  public static ReplicaGroup of(int size, int index, String device, CollectiveSettings settings) {
    Arguments.atLeast(1, "size", size);
    Arguments.require(
        index >= 0 && index < size, "index", "from 0 to " + (size - 1), String.valueOf(index));
    return new ReplicaGroup(size, index, device, settings);
  }

  /** Returns the number of replicas. */
  @Override
  public int size() {
    return size;
  }

  /** Returns this replica's number, from 0. */
  @Override
  public int index() {
    return index;
  }

  /** Returns the device on which this replica's collectives run. */
  public String device() {
    return device.toString();
  }

  /** Returns the settings. */
  public CollectiveSettings settings() {
    return settings;
  }

  /** Returns the key of the next collective: the first key of a later graph. */
  public int nextKey() {
    return keys.get();
  }

  /**
   * Returns the sum of a value over all replicas.
   *
   * @param value of the same shape in all replicas
   * @param <T> real numbers of 16 bits or more, or integers of 32 or 64 bits
   */
  @Override
  public <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
    return isSingle() ? value : reduction("Id").of(tf, value, reserve(1), List.of());
  }

  /**
   * Returns the mean of a value over all replicas. It has no gradient.
   *
   * @param value of the same shape in all replicas
   */
  @Override
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    return isSingle() ? value : reduction("Div").of(tf, value, reserve(1), List.of());
  }

  /**
   * Returns the means of gradients over all replicas, reduced as one vector, or as several of
   * {@link CollectiveSettings#bucketBytes()}. The backward pass delivers the gradients of the last
   * layers first, so buckets are filled from the last value. On a GPU a bucket is reduced while the
   * backward pass computes the next one; on a CPU, whose cores both need, all are reduced after it.
   *
   * @param values in the order in which the forward pass uses their variables
   * @return one mean for each value, in order, of its shape
   */
  @Override
  public List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values) {
    boolean overlapped = device.deviceType() != DeviceSpec.DeviceType.CPU;
    return means(tf, values, settings.bucketBytes(), overlapped);
  }

  /**
   * Like {@link #means(Ops, List)} with another size of buckets.
   *
   * @param overlapped whether a bucket is reduced as soon as its values are there, not when all are
   */
  public List<Operand<TFloat32>> means(
      Ops tf, List<? extends Operand<TFloat32>> values, long bucketBytes, boolean overlapped) {
    Arguments.atLeast(1, "bucketBytes", bucketBytes);
    if (isSingle() || values.isEmpty()) {
      return List.copyOf(values);
    }
    return new FusedValues(tf, reduction("Div"), values)
        .means(bucketBytes, overlapped, this::reserve);
  }

  /** Returns the means with one collective for each value; to compare with {@link #means}. */
  public List<Operand<TFloat32>> separateMeans(Ops tf, List<? extends Operand<TFloat32>> values) {
    List<Operand<TFloat32>> means = new ArrayList<>();
    values.forEach(value -> means.add(mean(tf, value)));
    return means;
  }

  /**
   * Returns the mean of a value over all replicas, through which gradients flow.
   *
   * <p>The objective of the group is the mean of the replicas' objectives. Every replica's
   * objective depends on the mean, so the gradient at a replica's value, as it enters the mean of
   * all replicas' gradients, is the mean over the replicas of the gradient at the result. It has no
   * second derivative.
   *
   * @param value of the same shape in all replicas
   */
  @Override
  public <T extends TFloating> Operand<T> differentiableMean(Ops tf, Operand<T> value) {
    if (isSingle()) {
      return value;
    }
    Arguments.require(
        settings.hint() != CollectiveSettings.Hint.NCCL,
        "hint",
        "auto or ring, since the means in layers have no fixed order",
        "nccl");
    AllReduce mean = reduction("Div");
    int first = reserve(1 + MAX_BACKWARD_PASSES);
    Operand<T> forward = mean.of(tf, value, first, List.of());
    return CompositeGradient.defineUnary(tf, forward, value, new MeanGradient<>(mean, first + 1));
  }

  /**
   * The order in which TensorFlow asks for gradients may differ between processes. So each value
   * has keys for its own gradients, which are numbered by call.
   */
  private static final class MeanGradient<T extends TFloating>
      implements CompositeGradient.UnaryBackward<T> {

    private final AllReduce mean;
    private final int firstKey;
    private final AtomicInteger calls = new AtomicInteger();

    MeanGradient(AllReduce mean, int firstKey) {
      this.mean = mean;
      this.firstKey = firstKey;
    }

    @Override
    public Operand<T> gradient(Ops tf, Operand<T> outputGradient) {
      int number = calls.getAndIncrement();
      if (number >= MAX_BACKWARD_PASSES) {
        throw new IllegalStateException(
            "At most " + MAX_BACKWARD_PASSES + " gradients can be computed through one mean.");
      }
      return mean.of(tf, outputGradient, firstKey + number, List.of());
    }
  }

  private AllReduce reduction(String finalOperation) {
    return new AllReduce(size, device, settings, finalOperation, false);
  }

  private int reserve(int count) {
    return keys.getAndAdd(count);
  }
}
