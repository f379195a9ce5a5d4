package dev.recal.ops;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.NumIterationsType;

/**
 * Sessions for graphs that are run a few times. By default, TensorFlow optimises the whole graph
 * twice for each set of feeds and fetches, which takes longer than such a run.
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

  /** Opens a session that runs the graph as it was built. */
  public static Session unoptimised(Graph graph) {
    return new Session(graph, UNOPTIMISED);
  }

  /** Opens a session with each of TensorFlow's optimisers applied once. */
  public static Session optimisedOnce(Graph graph) {
    return new Session(graph, OPTIMISED_ONCE);
  }
}
