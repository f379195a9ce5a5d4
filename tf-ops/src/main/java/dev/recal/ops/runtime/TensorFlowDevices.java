package dev.recal.ops.runtime;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/** The devices of a session, which TensorFlow Java's own session does not list. */
final class TensorFlowDevices {

  private TensorFlowDevices() {}

  /**
   * Returns the devices of a new session.
   *
   * @throws RuntimeException if TensorFlow rejects the configuration
   */
  static List<ComputeDevices.Found> of(ConfigProto config) {
    List<ComputeDevices.Found> devices = new ArrayList<>();
    PointerScope scope = new PointerScope();
    try {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      byte[] bytes = config.toByteArray();
      if (bytes.length > 0) {
        tensorflow.TF_SetConfig(options, new BytePointer(bytes), bytes.length, status);
        status.throwExceptionIfNotOK();
      }
      TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), options, status);
      status.throwExceptionIfNotOK();
      TF_DeviceList list = tensorflow.TF_SessionListDevices(session, status);
      status.throwExceptionIfNotOK();
      try {
        for (int i = 0; i < tensorflow.TF_DeviceListCount(list); i++) {
          String name = tensorflow.TF_DeviceListName(list, i, status).getString();
          String type = tensorflow.TF_DeviceListType(list, i, status).getString();
          long memory = tensorflow.TF_DeviceListMemoryBytes(list, i, status);
          devices.add(
              new ComputeDevices.Found(name.replaceFirst(".*(?=/device:)", ""), type, memory));
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
