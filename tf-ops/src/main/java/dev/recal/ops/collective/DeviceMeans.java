package dev.recal.ops.collective;

import dev.recal.ops.Arguments;
import dev.recal.ops.Devices;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Means over several devices of one process that share the variables of the first one. Only the
 * first device needs the means, so this is a sum on it and not a collective: nothing has to be
 * waited for that is not in the graph.
 */
public final class DeviceMeans {

  private DeviceMeans() {}

  /**
   * Adds the means, with one copy between devices for each device.
   *
   * @param devices the first one takes the means
   * @param values for each device as many, of the same static shapes
   */
  public static List<Operand<TFloat32>> of(
      Ops tf, List<String> devices, List<List<Operand<TFloat32>>> values) {
    Arguments.require(
        !devices.isEmpty() && values.size() == devices.size(),
        "values",
        "a list for each of " + devices.size() + " devices",
        values.size());
    if (devices.size() == 1) {
      return List.copyOf(values.get(0));
    }
    List<Operand<TFloat32>> vectors = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      DeviceSpec device = Devices.parse(devices.get(i));
      vectors.add(FlatVector.joined(tf.withDevice(device), values.get(i)));
    }
    Ops first = tf.withDevice(Devices.parse(devices.get(0)));
    Operand<TFloat32> mean =
        first.math.mul(first.math.addN(vectors), first.constant(1f / devices.size()));
    return FlatVector.of(values.get(0)).parts(first, mean);
  }
}
