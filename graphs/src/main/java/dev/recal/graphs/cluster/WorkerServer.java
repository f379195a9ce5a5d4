package dev.recal.graphs.cluster;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteImportGraphDefOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphImportGraphDef;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewImportGraphDefOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewServer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_ServerStart;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_ServerTarget;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetTarget;

import java.lang.reflect.Constructor;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_ImportGraphDefOptions;
import org.tensorflow.internal.c_api.TF_Server;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.ServerDef;

/**
 * TensorFlow's gRPC server of one worker, and sessions that compute in it: the only class that uses
 * TensorFlow's internal C API, since {@link Session} cannot be given a server.
 *
 * <p>A server lives as long as the process: TensorFlow cannot stop one.
 */
final class WorkerServer {

  /** The job of all workers in TensorFlow's names of devices. */
  static final String JOB = "/job:worker/replica:0/task:";

  private static final String LEADER = JOB + "0";

  private final int task;
  private final String target;

  private WorkerServer(int task, String target) {
    this.task = task;
    this.target = target;
  }

  /**
   * Starts the server.
   *
   * @param config threads and devices
   * @throws org.tensorflow.exceptions.TensorFlowException if its port is taken
   */
  @SuppressWarnings("try")
  static WorkerServer start(List<String> workers, int task, ConfigProto config) {
    JobDef.Builder job = JobDef.newBuilder().setName("worker");
    for (int i = 0; i < workers.size(); i++) {
      job.putTasks(i, workers.get(i));
    }
    byte[] definition =
        ServerDef.newBuilder()
            .setCluster(ClusterDef.newBuilder().addJob(job))
            .setJobName("worker")
            .setTaskIndex(task)
            .setProtocol("grpc")
            .setDefaultSessionConfig(led(config))
            .build()
            .toByteArray();
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_Server server = TF_NewServer(new BytePointer(definition), definition.length, status);
      status.throwExceptionIfNotOK();
      TF_ServerStart(server, status);
      status.throwExceptionIfNotOK();
      // Calls with exactly this target stay inside the process.
      return new WorkerServer(task, TF_ServerTarget(server).getString());
    }
  }

  private static ConfigProto led(ConfigProto config) {
    ConfigProto.Builder builder = config.toBuilder();
    builder.getExperimentalBuilder().setCollectiveGroupLeader(LEADER);
    return builder.build();
  }

  /**
   * Opens a session whose variables are its own.
   *
   * @param graph complete: operations that are added later are not known to the session
   */
  Session open(Graph graph, ConfigProto config) {
    ConfigProto own =
        led(config).toBuilder()
            .addDeviceFilters("/job:worker/task:" + task)
            .setIsolateSessionState(true)
            .build();
    TF_Session session = session(graph.toGraphDef().toByteArray(), own.toByteArray());
    try {
      Constructor<Session> wrapper =
          Session.class.getDeclaredConstructor(Graph.class, TF_Session.class);
      wrapper.setAccessible(true);
      return wrapper.newInstance(graph, session);
    } catch (ReflectiveOperationException | RuntimeException changed) {
      throw new IllegalStateException(
          "This version of TensorFlow Java cannot train with several workers.", changed);
    }
  }

  @SuppressWarnings("try")
  private TF_Session session(byte[] graph, byte[] config) {
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_Graph copy = TF_NewGraph();
      try {
        TF_ImportGraphDefOptions options = TF_NewImportGraphDefOptions();
        TF_GraphImportGraphDef(
            copy, TF_Buffer.newBufferFromString(new BytePointer(graph)), options, status);
        TF_DeleteImportGraphDefOptions(options);
        status.throwExceptionIfNotOK();
        TF_SessionOptions settings = TF_SessionOptions.newSessionOptions();
        TF_SetConfig(settings, new BytePointer(config), config.length, status);
        status.throwExceptionIfNotOK();
        TF_SetTarget(settings, target);
        TF_Session session = TF_NewSession(copy, settings, status);
        status.throwExceptionIfNotOK();
        session.retainReference();
        return session;
      } finally {
        // The session keeps the graph until it is deleted.
        TF_DeleteGraph(copy);
      }
    }
  }
}
