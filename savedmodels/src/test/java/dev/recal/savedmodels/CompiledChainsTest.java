package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.runtime.Xla;
import dev.recal.savedmodels.meta.Nodes;
import dev.recal.savedmodels.optimise.Optimisation;
import dev.recal.savedmodels.optimise.OptimisedServable;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

class CompiledChainsTest {

  private static final String KEY = "serving_default";
  private static final int SIZE = 10;

  private static NodeDef node(String op, DataType type, String name, String... inputs) {
    return Nodes.node(name, op, List.of(inputs)).putAttr("T", Nodes.type(type)).build();
  }

  private static NodeDef bits(DataType type, String name, String input) {
    return narrow("Bitcast", name, input).toBuilder().putAttr("type", Nodes.type(type)).build();
  }

  private static NodeDef narrow(String op, String name, String... inputs) {
    return node(op, DataType.DT_BFLOAT16, name, inputs);
  }

  /** The chains' names by the marked nodes' names. */
  private static Map<String, String> scopes(NodeDef... nodes) {
    Map<String, String> scopes = new TreeMap<>();
    GraphDef graph = GraphDef.newBuilder().addAllNode(List.of(nodes)).build();
    for (NodeDef node : CompiledChains.marked(graph).getNodeList()) {
      if (node.containsAttr(Xla.COMPILE)) {
        scopes.put(node.getName(), node.getAttrOrThrow(Xla.SCOPE).getS().toStringUtf8());
      }
    }
    return scopes;
  }

  @Test
  void marksProductsOfMapsWithWhatFollows() {
    assertThat(
            scopes(
                narrow("BiasAdd", "map", "x", "bias"),
                narrow("Mul", "product", "gate", "map:0"),
                narrow("AddV2", "sum", "product", "shortcut"),
                bits(DataType.DT_INT16, "bits", "sum"),
                node("Maximum", DataType.DT_INT16, "relu", "bits", "zero"),
                narrow("Conv2D", "next", "relu", "kernel"),
                narrow("Mul", "used", "next", "gate"),
                narrow("Add", "a", "used", "map"),
                narrow("Add", "b", "used", "map"),
                narrow("Mul", "ofVectors", "gate", "gate"),
                narrow("Add", "c", "ofVectors", "gate")))
        .isEqualTo(
            Map.of("product", "product", "sum", "product", "bits", "product", "relu", "product"));
  }

  @Test
  void joinsTwoProductsOfOneSum() {
    assertThat(
            scopes(
                narrow("Conv2D", "map", "x", "kernel"),
                narrow("Mul", "first", "map", "gate"),
                narrow("Mul", "second", "map", "gate"),
                narrow("Sub", "difference", "first", "second")))
        .isEqualTo(Map.of("first", "first", "second", "first", "difference", "first"));
  }

  @Test
  void endsInCycles() {
    assertThat(
            scopes(
                narrow("Conv2D", "map", "x", "kernel"),
                narrow("Mul", "product", "map", "sum"),
                narrow("Add", "sum", "product", "x")))
        .isEqualTo(Map.of("product", "product", "sum", "product"));
  }

  @Test
  void leavesFloat32AndSingleProductsAlone() {
    GraphDef wide =
        GraphDef.newBuilder()
            .addNode(node("Conv2D", DataType.DT_FLOAT, "map", "x", "kernel"))
            .addNode(node("Mul", DataType.DT_FLOAT, "product", "map", "gate"))
            .addNode(node("Add", DataType.DT_FLOAT, "sum", "product", "x"))
            .build();
    assertThat(CompiledChains.marked(wide)).isSameAs(wide);
    assertThat(
            scopes(
                narrow("Conv2D", "map", "x", "kernel"),
                narrow("Mul", "product", "map", "gate"),
                bits(DataType.DT_INT16, "bits", "product")))
        .isEmpty();
    assertThat(
            scopes(
                narrow("Conv2D", "map", "x", "kernel"),
                narrow("Mul", "product", "map", "gate"),
                bits(DataType.DT_INT8, "bytes", "product"),
                node("Maximum", DataType.DT_INT16, "relu", "bytes", "zero")))
        .isEmpty();
  }

  @Test
  void computesTheSameInOneOperationForEveryBatch(@TempDir Path directory) throws Exception {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 3);
      Servable plain = gated(graph, store);
      try (Session session = new Session(graph)) {
        store.initialize(session);
        try (OptimisedServable narrow =
            OptimisedServable.of(plain, session, Optimisation.BFLOAT16)) {
          Path model =
              new SavedModelWriter(new JsonObject(), List.of())
                  .write(narrow.servable(), narrow.session(), directory);
          assertThat(compiled(model)).isEqualTo(1);
          try (Predictor predictor = Predictor.open(model)) {
            // A chain is compiled at its first call, and at the second with another shape.
            for (int batch : new int[] {2, 2, 3, 3, 3, 2, 1, 1}) {
              Map<String, TensorValue> inputs = Map.of("images", images(batch));
              float[] expected =
                  ServableCall.run(narrow.servable(), narrow.session(), KEY, inputs)
                      .get("y")
                      .floats();
              assertClose(predictor.call(KEY, inputs).get("y").floats(), expected);
            }
          }
        }
      }
    }
  }

  private static Servable gated(Graph graph, VariableStore store) {
    Ops tf = Ops.create(graph);
    Placeholder<TFloat32> images =
        tf.withName("images")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIZE, SIZE, 3)));
    BuildContext context = BuildContext.of(store, Tower.serving());
    Operand<TFloat32> x = Conv2d.of(16, 3).biased().build(context.at("first"), images);
    Operand<TFloat32> y = Conv2d.of(16, 3).biased().build(context.at("second"), tf.nn.relu(x));
    Operand<TFloat32> gated = SqueezeExcitation.defaults().build(context.at("gate"), y);
    Operand<TFloat32> sum = tf.nn.relu(tf.math.add(gated, x));
    return new Servable(
        store,
        List.of(new ServableSignature(KEY, Map.of("images", images), Map.of("y", sum))),
        List.of());
  }

  private static TensorValue images(int batch) {
    Random random = new Random(batch);
    float[] pixels = new float[batch * SIZE * SIZE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return TensorValue.of(pixels, batch, SIZE, SIZE, 3);
  }

  /** The number of operations of a call that XLA compiled. */
  private static long compiled(Path model) throws Exception {
    MetaGraphDef metaGraph = SavedModelReader.read(model, Set.of()).metaGraph();
    try (LoadedGraph loaded =
            LoadedGraph.load(
                model, CompiledChains.marked(metaGraph), ConfigProto.getDefaultInstance());
        TFloat32 fed = (TFloat32) Tensors.toTensor(images(2));
        Result result =
            loaded
                .session()
                .runner()
                .setOptions(RunOptions.newBuilder().setOutputPartitionGraphs(true).build())
                .feed("images", fed)
                .fetch(metaGraph.getSignatureDefOrThrow(KEY).getOutputsOrThrow("y").getName())
                .runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow().getPartitionGraphsList().stream()
          .flatMap(graph -> graph.getNodeList().stream())
          .filter(node -> node.getOp().equals("_XlaRun"))
          .count();
    }
  }

  // XLA may keep more digits between two operations.
  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    double distance = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      distance = Math.max(distance, Math.abs(actual[i] - expected[i]));
    }
    assertThat(largest).isPositive();
    assertThat(distance / largest).isLessThan(0.01);
  }
}
