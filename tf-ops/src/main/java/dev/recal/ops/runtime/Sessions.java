package dev.recal.ops.runtime;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.NumIterationsType;

/**
 * Opens sessions on the devices of this process, see {@link ComputeDevices}.
 *
 * <p>By default, TensorFlow optimises the whole graph twice for each set of feeds and fetches. For
 * graphs that are run a few times this takes longer than such a run, so there are sessions that
 * optimise less.
 */
public final class Sessions {

  private static final ConfigProto UNOPTIMISED =
      config(RewriterConfig.newBuilder().setDisableMetaOptimizer(true));
  private static final ConfigProto OPTIMISED_ONCE =
      config(RewriterConfig.newBuilder().setMetaOptimizerIterations(NumIterationsType.ONE));

  private Sessions() {}

  private static ConfigProto config(RewriterConfig.Builder rewriting) {
    return ConfigProto.newBuilder()
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriting))
        .build();
  }

  /**
   * Opens a session with TensorFlow's defaults.
   *
   * @throws IllegalArgumentException if the device of the process is a GPU that cannot be used
   */
  public static Session open(Graph graph) {
    return open(graph, ConfigProto.getDefaultInstance());
  }

  /**
   * Opens a session with other settings. If they have a number of threads among operations, these
   * are the session's own.
   *
   * @param config to which the devices are added
   * @throws IllegalArgumentException if the device of the process is a GPU that cannot be used
   */
  public static Session open(Graph graph, ConfigProto config) {
    boolean own = config.getUsePerSessionThreads() || config.getInterOpParallelismThreads() > 0;
    return new Session(
        graph, ComputeDevices.configure(config).toBuilder().setUsePerSessionThreads(own).build());
  }

  /**
   * Opens a session that computes on the CPU also in a process that uses a GPU: for reference
   * values in float32, since a GPU rounds the factors of products to TF32.
   *
   * @throws IllegalArgumentException if the device of the process is a GPU that cannot be used
   */
  public static Session onCpu(Graph graph) {
    ComputeDevices.startThreads(0);
    return new Session(graph, ComputeDevices.onCpu(ConfigProto.getDefaultInstance()));
  }

  /** Opens a session that runs the graph as it was built. */
  public static Session unoptimised(Graph graph) {
    return open(graph, UNOPTIMISED);
  }

  /** Opens a session with each of TensorFlow's optimisers applied once. */
  public static Session optimisedOnce(Graph graph) {
    return open(graph, OPTIMISED_ONCE);
  }
}
