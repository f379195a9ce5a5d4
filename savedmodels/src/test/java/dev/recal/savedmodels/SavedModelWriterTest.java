package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class SavedModelWriterTest {

  @TempDir Path directory;

  @Test
  void savedModelMatchesTheSession() throws Exception {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("network", "tiny");
    TensorValue images = TinyNetwork.images(5, 1);
    try (TinyNetwork network = new TinyNetwork()) {
      Path written =
          new SavedModelWriter(metadata, TinyNetwork.golden())
              .write(network.servable, network.session, directory.resolve("tiny"));
      assertThat(written).isEqualTo(directory.resolve("tiny/1"));
      SignatureDescription original = SignatureDescription.of(network.servable.signatures().get(0));
      Map<String, TensorValue> expected =
          SignatureCall.run(network.session, original, Map.of("images", images));
      try (Predictor predictor = Predictor.open(directory.resolve("tiny"))) {
        Map<String, TensorValue> answer =
            predictor.call("serving_default", Map.of("images", images));
        assertThat(answer).containsOnlyKeys("logits", "probabilities");
        for (String name : expected.keySet()) {
          assertThat(Verification.relativeError(answer.get(name), expected.get(name)))
              .isLessThan(1e-6);
        }
        assertThat(predictor.description().labels()).isEqualTo(TinyNetwork.LABELS);
        assertThat(predictor.description().metadata().get("network").getAsString())
            .isEqualTo("tiny");
      }
      Verification verification = Verification.of(written);
      assertThat(verification.errors())
          .extracting(GoldenError::output)
          .containsExactlyInAnyOrder("logits", "probabilities", "stage1");
      assertThat(verification.worst()).isLessThan(1e-6);
    }
  }

  @Test
  void theGraphIsFlatAndClean() throws Exception {
    MetaGraphDef graph = writeTiny();
    List<NodeDef> nodes = allNodes(graph);
    assertThat(nodes)
        .allSatisfy(
            node -> {
              assertThat(node.getOp()).doesNotContain("Random", "Normal");
              assertThat(node.getDevice()).isEmpty();
              assertThat(node.getName()).doesNotContain("optimizer");
              assertThat(node.getAttrMap()).doesNotContainKey("_output_shapes");
            });
    NodeDef convolution =
        nodes.stream().filter(node -> node.getOp().equals("Conv2D")).findFirst().orElseThrow();
    assertThat(convolution.getAttrMap()).containsOnlyKeys("T", "strides", "padding");
    MetaGraphDef.MetaInfoDef info = graph.getMetaInfoDef();
    assertThat(info.getTagsList()).containsExactly("serve");
    assertThat(info.getStrippedDefaultAttrs()).isTrue();
    assertThat(info.getTensorflowVersion()).startsWith("2.");
    Set<String> operations = nodes.stream().map(NodeDef::getOp).collect(Collectors.toSet());
    assertThat(info.getStrippedOpList().getOpList())
        .extracting(OpDef::getName)
        .containsExactlyInAnyOrderElementsOf(operations);
  }

  @Test
  void realDivisionMatchesTensorFlow2() throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
      Placeholder<TInt32> n =
          tf.withName("n").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
      Servable servable =
          servable(
              graph,
              Map.of("x", x, "n", n),
              Map.of(
                  "half",
                  tf.math.div(x, tf.constant(2f)),
                  "whole",
                  tf.math.div(n, tf.constant(2))));
      Path written =
          SavedModelWriter.plain().write(servable, session, directory.resolve("division"));
      List<NodeDef> nodes =
          allNodes(
              SavedModel.parseFrom(Files.readAllBytes(written.resolve("saved_model.pb")))
                  .getMetaGraphs(0));
      assertThat(nodes).filteredOn(node -> node.getOp().equals("RealDiv")).hasSize(1);
      assertThat(nodes)
          .filteredOn(node -> node.getOp().equals("Div"))
          .extracting(node -> node.getAttrOrThrow("T").getType())
          .containsExactly(DataType.DT_INT32);
      try (Predictor predictor = Predictor.open(written)) {
        Map<String, TensorValue> answer =
            predictor.call(
                "default",
                Map.of(
                    "x", TensorValue.of(new float[] {3, -1}, 2),
                    "n", TensorValue.of(new int[] {3, -1}, 2)));
        assertThat(answer.get("half").floats()).containsExactly(1.5f, -0.5f);
      }
    }
  }

  @Test
  void variablesAreListedWithZerosAsTheirInitialValues() throws Exception {
    MetaGraphDef graph = writeTiny();
    Map<String, NodeDef> nodes =
        graph.getGraphDef().getNodeList().stream()
            .collect(Collectors.toMap(NodeDef::getName, node -> node));
    List<VariableDef> variables = definitions(graph, "variables");
    assertThat(variables)
        .extracting(VariableDef::getVariableName)
        .containsExactly("stage1/kernel:0", "stage1/moving_mean:0", "head/kernel:0", "head/bias:0");
    assertThat(definitions(graph, "trainable_variables"))
        .extracting(VariableDef::getVariableName)
        .containsExactly("stage1/kernel:0", "head/kernel:0", "head/bias:0");
    for (VariableDef variable : variables) {
      assertThat(variable.getIsResource()).isTrue();
      String name = variable.getVariableName().replace(":0", "");
      assertThat(nodes.get(name).getOp()).isEqualTo("VarHandleOp");
      assertThat(nodes.get(name).getAttrOrThrow("shared_name").getS().toStringUtf8())
          .isEqualTo(name);
      assertThat(nodes.get(variable.getSnapshotName().replace(":0", "")).getOp())
          .isEqualTo("ReadVariableOp");
      String initial = variable.getInitialValueName().replace(":0", "");
      assertThat(nodes.get(initial).getOp()).isEqualTo("Fill");
      assertThat(nodes.get(variable.getInitializerName()).getInputList())
          .containsExactly(name, initial);
    }
    SaverDef saver = graph.getSaverDef();
    assertThat(saver.getVersion()).isEqualTo(SaverDef.CheckpointFormatVersion.V2);
    assertThat(saver.getFilenameTensorName()).isEqualTo("save/Const:0");
    assertThat(nodes).containsKeys(saver.getRestoreOpName(), "save/SaveV2", "save/RestoreV2");
  }

  @Test
  void signaturesHaveMethodsAndStableTensorNames() throws Exception {
    MetaGraphDef graph = writeTiny();
    assertThat(graph.getSignatureDefMap())
        .containsOnlyKeys("serving_default", "serving_bytes", "features");
    assertThat(graph.getSignatureDefOrThrow("features").getMethodName())
        .isEqualTo("tensorflow/serving/predict");
    var output = graph.getSignatureDefOrThrow("serving_bytes").getOutputsOrThrow("logits");
    assertThat(output.getName()).isEqualTo("serving_bytes/logits:0");
    assertThat(output.getTensorShape().getDim(0).getSize()).isEqualTo(-1);
    var input = graph.getSignatureDefOrThrow("serving_default").getInputsOrThrow("images");
    assertThat(input.getName()).isEqualTo("images:0");
  }

  @Test
  void eachWriteCreatesTheNextVersion() throws Exception {
    Path model = directory.resolve("tiny");
    try (TinyNetwork network = new TinyNetwork()) {
      int before = network.graph.toGraphDef().getNodeCount();
      SavedModelWriter.plain().write(network.servable, network.session, model.resolve("7"));
      Path next = SavedModelWriter.plain().write(network.servable, network.session, model);
      assertThat(next).isEqualTo(model.resolve("8"));
      assertThat(network.graph.toGraphDef().getNodeCount()).isEqualTo(before);
      assertThat(SavedModelReader.describe(model).directory()).isEqualTo(next);
      assertThat(names(model)).containsExactlyInAnyOrder("7", "8");
    }
  }

  @Test
  void existingTargetIsRejectedAndKept() throws Exception {
    Path target = Files.createDirectories(directory.resolve("tiny/3"));
    Files.writeString(target.resolve("note"), "mine");
    try (TinyNetwork network = new TinyNetwork()) {
      assertThatThrownBy(
              () -> SavedModelWriter.plain().write(network.servable, network.session, target))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("already exists");
    }
    assertThat(names(target)).containsExactly("note");
    assertThat(names(target.getParent())).containsExactly("3");
  }

  @Test
  void rejectsTargetBelowAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    try (TinyNetwork network = new TinyNetwork()) {
      assertThatThrownBy(
              () ->
                  SavedModelWriter.plain()
                      .write(network.servable, network.session, file.resolve("tiny/1")))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "target: expected a writable directory, but cannot write into "
                  + file.resolve("tiny"));
    }
    assertThat(file).hasContent("mine");
  }

  @Test
  void nondeterministicModelIsNotPublished() throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> noise = tf.random.randomUniform(tf.constant(new int[] {4}), TFloat32.class);
      Servable servable = servable(graph, Map.of(), Map.of("noise", noise));
      SavedModelWriter writer =
          new SavedModelWriter(new JsonObject(), List.of(new GoldenCase("default", Map.of())));
      assertThatThrownBy(() -> writer.write(servable, session, directory.resolve("deep/tiny")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("output 'noise' of 'default' differs by");
    }
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void aModelWithoutVariablesIsWritten() throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = placeholder(tf);
      Servable servable =
          servable(graph, Map.of("x", x), Map.of("y", tf.math.square(x), "same", x));
      Path written = SavedModelWriter.plain().write(servable, session, directory.resolve("m"));
      try (Predictor predictor = Predictor.open(written)) {
        var answer = predictor.call("default", Map.of("x", TensorValue.of(new float[] {2, 3}, 2)));
        assertThat(answer.get("y").floats()).containsExactly(4, 9);
        assertThat(answer.get("same").floats()).containsExactly(2, 3);
      }
    }
  }

  @Test
  void unfedPlaceholderIsNamed() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = placeholder(tf.withSubScope("hidden"));
      Servable servable = servable(graph, Map.of(), Map.of("y", tf.math.square(x)));
      assertThatThrownBy(() -> SavedModelWriter.plain().write(servable, session, directory))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("needs the placeholder 'hidden/Placeholder'");
    }
  }

  @Test
  void variableOfAnotherStoreIsNamed() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Operand<TFloat32> foreign =
          new VariableStore(graph, 1)
              .create("w", VariableSpec.weight("w", Shape.of(2), Initializer.ones()))
              .read();
      Servable servable =
          servable(graph, Map.of(), Map.of("y", Ops.create(graph).math.square(foreign)));
      assertThatThrownBy(() -> SavedModelWriter.plain().write(servable, session, directory))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the variable 'w'");
    }
  }

  private static Placeholder<TFloat32> placeholder(Ops tf) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
  }

  private static Servable servable(
      Graph graph, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    return new Servable(
        new VariableStore(graph, 0),
        List.of(new ServableSignature("default", inputs, outputs)),
        List.of());
  }

  private MetaGraphDef writeTiny() throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      Path written =
          SavedModelWriter.plain().write(network.servable, network.session, directory.resolve("t"));
      SavedModel model =
          SavedModel.parseFrom(Files.readAllBytes(written.resolve("saved_model.pb")));
      assertThat(model.getSavedModelSchemaVersion()).isEqualTo(1);
      return model.getMetaGraphs(0);
    }
  }

  private static List<NodeDef> allNodes(MetaGraphDef graph) {
    List<NodeDef> nodes = new ArrayList<>(graph.getGraphDef().getNodeList());
    Set<String> names = new HashSet<>();
    graph
        .getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(
            function -> {
              assertThat(names.add(function.getSignature().getName())).isTrue();
              nodes.addAll(function.getNodeDefList());
            });
    return nodes;
  }

  private static List<VariableDef> definitions(MetaGraphDef graph, String collection)
      throws IOException {
    List<VariableDef> definitions = new ArrayList<>();
    for (var bytes : graph.getCollectionDefOrThrow(collection).getBytesList().getValueList()) {
      definitions.add(VariableDef.parseFrom(bytes));
    }
    return definitions;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.map(child -> child.getFileName().toString()).toList();
    }
  }
}
