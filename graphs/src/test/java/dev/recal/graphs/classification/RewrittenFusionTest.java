package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Sessions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.NodeOutput;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/** Fused gates in TensorFlow's rewrite to bfloat16; elsewhere nothing is rewritten. */
class RewrittenFusionTest {

  private static final int SIZE = 12;
  private static final int BATCH = 4;
  // Of no other layer, so that its maps are known by their size.
  private static final int CHANNELS = 48;

  /**
   * Of the copy that the backward pass gets, the centred map would be computed in float32: three
   * passes over the map, outside the compiled loop.
   */
  @Test
  void convertsNoCopyOfMapsToFloat32() {
    RunMetadata step = step();
    Map<String, NodeDef> nodes = new HashMap<>();
    step.getPartitionGraphsList().stream()
        .flatMap(graph -> graph.getNodeList().stream())
        .forEach(node -> nodes.put(node.getName(), node));
    List<NodeExecStats> maps =
        step.getStepStats().getDevStatsList().stream()
            .flatMap(device -> device.getNodeStatsList().stream())
            .filter(RewrittenFusionTest::hasMap)
            .toList();
    assertThat(maps).isNotEmpty();
    assertThat(maps)
        .extracting(NodeExecStats::getNodeName)
        .filteredOn(
            name -> nodes.containsKey(name) && convertsCopyToFloat32(nodes.get(name), nodes))
        .isEmpty();
  }

  private static boolean convertsCopyToFloat32(NodeDef node, Map<String, NodeDef> nodes) {
    if (!node.getOp().equals("Cast")
        || node.getAttrOrThrow("SrcT").getType() != DataType.DT_BFLOAT16) {
      return false;
    }
    String source = node.getInput(0).replaceFirst(":\\d+$", "");
    return nodes.get(source).getOp().equals("IdentityN");
  }

  private static boolean hasMap(NodeExecStats node) {
    return node.getOutputList().stream()
        .map(NodeOutput::getTensorDescription)
        .map(
            tensor ->
                tensor.getShape().getDimList().stream()
                    .mapToLong(TensorShapeProto.Dim::getSize)
                    .reduce(1, (a, b) -> a * b))
        .anyMatch(elements -> elements == BATCH * SIZE * SIZE * CHANNELS);
  }

  private static RunMetadata step() {
    try (Graph graph = new Graph()) {
      VariableStore store =
          new VariableStore(graph, 3, Precision.BFLOAT16.products(), Replicas.single());
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x =
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {BATCH, SIZE, SIZE, 16}),
              tf.constant(new long[] {1, 2}),
              TFloat32.class);
      for (int i = 0; i < 2; i++) {
        Operand<TFloat32> map = Conv2d.of(CHANNELS, 3).build(context.at("conv" + i), x);
        FoldedMap folded = FoldedMap.of(tf, map);
        Operand<TFloat32> gates =
            tf.math.sigmoid(Dense.of(CHANNELS).build(context.at("gate" + i), folded.mean()));
        x = folded.gated(gates).rectified();
      }
      Operand<TFloat32> y = Conv2d.of(8, 3).build(context.at("last"), x);
      Operand<TFloat32> loss = tf.math.mean(tf.math.square(y), tf.constant(new int[] {0, 1, 2, 3}));
      List<Operand<TFloat32>> squares =
          Gradients.of(loss, store.trainable().stream().map(Variable::read).toList()).stream()
              .<Operand<TFloat32>>map(tf.nn::l2Loss)
              .toList();
      Operand<TFloat32> norm = tf.math.addN(squares);
      RunOptions traced =
          RunOptions.newBuilder()
              .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
              .setOutputPartitionGraphs(true)
              .build();
      try (Session session = Sessions.open(graph, Precision.BFLOAT16.session(0))) {
        store.initialize(session);
        try (Result result =
            session.runner().setOptions(traced).fetch(norm).runAndFetchMetadata()) {
          return result.getMetadata().orElseThrow();
        }
      }
    }
  }
}
