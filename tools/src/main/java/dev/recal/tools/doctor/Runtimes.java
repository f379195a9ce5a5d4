package dev.recal.tools.doctor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/** TensorFlow's version and devices. Loads the native library. */
final class Runtimes {

  private Runtimes() {}

  /**
   * A device that TensorFlow can run operations on.
   *
   * @param name for example {@code /device:CPU:0}
   * @param type {@code CPU} or {@code GPU}
   * @param memoryBytes what TensorFlow may use of its memory; for a CPU a nominal figure
   */
  record Device(String name, String type, long memoryBytes) {}

  /** Returns the version of the native library. */
  static String version() {
    return TensorFlow.version();
  }

  /** Returns the devices of a new session. TensorFlow Java's own session does not list them. */
  static List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    PointerScope scope = new PointerScope();
    try {
      TF_Status status = TF_Status.newStatus();
      TF_Session session =
          TF_Session.newSession(TF_Graph.newGraph(), TF_SessionOptions.newSessionOptions(), status);
      status.throwExceptionIfNotOK();
      TF_DeviceList list = tensorflow.TF_SessionListDevices(session, status);
      status.throwExceptionIfNotOK();
      try {
        for (int i = 0; i < tensorflow.TF_DeviceListCount(list); i++) {
          String name = tensorflow.TF_DeviceListName(list, i, status).getString();
          String type = tensorflow.TF_DeviceListType(list, i, status).getString();
          long bytes = tensorflow.TF_DeviceListMemoryBytes(list, i, status);
          devices.add(new Device(name.replaceFirst(".*(?=/device:)", ""), type, bytes));
        }
      } finally {
        tensorflow.TF_DeleteDeviceList(list);
      }
    } finally {
      scope.close();
    }
    return devices;
  }
}
