package dev.recal.ops.collective;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;

/** Replicas on several CPU devices of one process: collectives without a server. */
public final class SeveralDevices {

  private SeveralDevices() {}

  /** Returns the group as each of its replicas sees it. */
  public static List<ReplicaGroup> groups(int count, CollectiveSettings settings) {
    return IntStream.range(0, count)
        .mapToObj(i -> ReplicaGroup.of(count, i, "/device:CPU:" + i, settings))
        .toList();
  }

  /** Opens a session with so many CPU devices. */
  public static Session session(Graph graph, int devices, int threads) {
    return new Session(graph, config(devices, threads).build());
  }

  /** Opens a session with so many CPU devices and one thread, for a graph that is run once. */
  public static Session unoptimised(Graph graph, int devices) {
    RewriterConfig rewriting = RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build();
    return new Session(
        graph,
        config(devices, 1)
            .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriting))
            .build());
  }

  private static ConfigProto.Builder config(int devices, int threads) {
    return ConfigProto.newBuilder()
        .putDeviceCount("CPU", devices)
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads);
  }

  /** Runs a step and returns the values, row-major. */
  public static List<float[]> values(Session session, List<? extends Operand<TFloat32>> fetches) {
    Session.Runner runner = session.runner();
    fetches.forEach(runner::fetch);
    try (var result = runner.run()) {
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < fetches.size(); i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] array = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(array);
        values.add(array);
      }
      return values;
    }
  }
}
