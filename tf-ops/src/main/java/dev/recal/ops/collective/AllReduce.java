package dev.recal.ops.collective;

import java.util.List;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The operation {@code CollectiveReduceV2} with the addition, which TensorFlow Java has no wrapper
 * for.
 *
 * @param size the number of replicas
 * @param device on which the operation runs
 * @param settings of the group
 * @param finalOperation applied to the sum: {@code Id}, or {@code Div} by the number of replicas
 * @param divided whether large messages are divided; TensorFlow then refuses empty values
 */
record AllReduce(
    int size,
    DeviceSpec device,
    CollectiveSettings settings,
    String finalOperation,
    boolean divided) {

  // A ring sends one message of 1 / size of the vector at a time; TensorFlow divides it into up to
  // so many of at most 4 MiB, which are under way together. Larger messages need twice the CPU
  // time:
  // 102 MB between two workers took 0.36 instead of 0.76 s of it.
  private static final long MAX_SUBDIVISIONS = 16;
  private static final long UNDIVIDED = -1;

  /** Returns whether TensorFlow may choose NCCL. */
  boolean mayUseNccl() {
    return settings.hint() == CollectiveSettings.Hint.NCCL
        || settings.hint() == CollectiveSettings.Hint.AUTO
            && device.deviceType() != DeviceSpec.DeviceType.CPU;
  }

  /** Returns the same operation, of values that are not empty, with large messages divided. */
  AllReduce divide() {
    return new AllReduce(size, device, settings, finalOperation, true);
  }

  /**
   * Adds the operation; queries no static shape.
   *
   * @param key by which the replicas' operations find each other
   * @param after operations that must have finished
   */
  <T extends TNumber> Operand<T> of(Ops tf, Operand<T> value, int key, List<Operation> after) {
    Ops pinned = tf.withDevice(device);
    Output<?>[] none = {};
    OperationBuilder builder =
        pinned
            .scope()
            .opBuilder("CollectiveReduceV2", "CollectiveReduceV2")
            .addInput(value.asOutput())
            .addInput(pinned.constant(size).asOutput())
            .addInput(pinned.constant(settings.groupKey()).asOutput())
            .addInput(pinned.constant(key).asOutput())
            .addInputList(none)
            .setAttr("merge_op", "Add")
            .setAttr("final_op", finalOperation)
            .setAttr("communication_hint", settings.hint().word())
            .setAttr("max_subdivs_per_device", divided ? MAX_SUBDIVISIONS : UNDIVIDED)
            // TensorFlow's scopes for gradients ignore devices.
            .setDevice(device.toString());
    after.forEach(builder::addControlInput);
    return builder.build().output(0);
  }
}
