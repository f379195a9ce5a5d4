package dev.recal.ops.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.GraphScope;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

class PlacedGradientsTest {

  @Test
  void backwardPassRunsOnItsDevice() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> x = tf.placeholderWithDefault(tf.constant(new float[] {3}), Shape.of(1));
      Operand<TFloat32> y = tf.math.square(x);
      Operand<TFloat32> placed = PlacedGradients.of("/device:CPU:1", y, List.of(x)).get(0);
      Operand<TFloat32> free = Gradients.of(tf.math.exp(x), List.of(x)).get(0);
      Map<String, String> devices = devices(graph, List.of(placed, free));
      assertThat(devices.get(placed.op().name())).endsWith("/device:CPU:1");
      assertThat(devices.get(free.op().name())).endsWith("/device:CPU:0");
    }
  }

  // The device of each operation that a run executes, by its name.
  private static Map<String, String> devices(Graph graph, List<Operand<TFloat32>> fetches) {
    RewriterConfig unchanged = RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build();
    ConfigProto config =
        ConfigProto.newBuilder()
            .putDeviceCount("CPU", 2)
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setRewriteOptions(unchanged)
                    .setOptimizerOptions(
                        OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0)))
            .build();
    try (Session session = new Session(graph, config)) {
      Session.Runner runner =
          session
              .runner()
              .setOptions(RunOptions.newBuilder().setOutputPartitionGraphs(true).build());
      fetches.forEach(runner::fetch);
      try (var result = runner.runAndFetchMetadata()) {
        Map<String, String> devices = new TreeMap<>();
        result.getMetadata().orElseThrow().getPartitionGraphsList().stream()
            .flatMap(part -> part.getNodeList().stream())
            .forEach(node -> devices.put(node.getName(), node.getDevice()));
        return devices;
      }
    }
  }
}
