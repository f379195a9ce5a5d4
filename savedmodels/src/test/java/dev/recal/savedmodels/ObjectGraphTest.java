package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.GraphScope;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Variable;
import dev.recal.ops.checkpoint.CheckpointIndex;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** The TensorFlow 2 objects of a SavedModel. */
class ObjectGraphTest {

  private static final List<String> VARIABLES =
      List.of("stage1/kernel", "stage1/moving_mean", "head/kernel", "head/bias");
  private static final String LIST = "trackable_list_wrapper";

  @TempDir Path directory;
  private Path written;
  private MetaGraphDef graph;
  private SavedObjectGraph objects;

  @BeforeEach
  void write() throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      Servable servable = network.servable.withTraining(training(network));
      written = SavedModelWriter.plain().write(servable, network.session, directory.resolve("m"));
    }
    byte[] bytes = Files.readAllBytes(written.resolve("saved_model.pb"));
    graph = SavedModel.parseFrom(bytes).getMetaGraphs(0);
    objects = graph.getObjectGraphDef();
  }

  private static ServableSignature training(TinyNetwork network) {
    Ops tf = GraphScope.ops(network.graph).withSubScope("train");
    ServableSignature answers = network.servable.signatures().get(0);
    @SuppressWarnings("unchecked")
    Variable<TFloat32> mean =
        (Variable<TFloat32>) network.store.find("stage1/moving_mean").orElseThrow();
    MovingAverage average = new MovingAverage(mean, tf.constant(new float[] {1, 2, 3, 4}), 0.5f);
    Ops after = tf.withControlDependencies(List.of(average.update(tf)));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    answers.outputs().forEach((name, operand) -> outputs.put(name, after.identity(operand)));
    return new ServableSignature("train", answers.inputs(), outputs);
  }

  @Test
  void theRootHasVariablesListsFunctionsAndSignatures() {
    Map<String, Integer> root = children(objects.getNodes(0));
    assertThat(objects.getNodes(0).getUserObject().getIdentifier())
        .isEqualTo("_generic_user_object");
    assertThat(root.keySet())
        .containsAll(VARIABLES)
        .contains("variables", "trainable_variables", "signatures", "__call__", "serve");
    for (String name : VARIABLES) {
      SavedObject object = objects.getNodes(root.get(name));
      assertThat(object.getVariable().getName()).isEqualTo(name);
      assertThat(object.getVariable().getDtype()).isEqualTo(DataType.DT_FLOAT);
      assertThat(object.getVariable().getTrainable()).isEqualTo(!name.endsWith("moving_mean"));
    }
    assertThat(members(root.get("variables"))).isEqualTo(VARIABLES);
    assertThat(members(root.get("trainable_variables")))
        .containsExactly("stage1/kernel", "head/kernel", "head/bias");
    SavedObject signatures = objects.getNodes(root.get("signatures"));
    assertThat(signatures.getUserObject().getIdentifier()).isEqualTo("signature_map");
    assertThat(children(signatures))
        .containsOnlyKeys("serving_default", "serving_bytes", "features", "train");
    assertThat(objects.getNodes(root.get("__call__")).getFunction().getConcreteFunctionsList())
        .hasSize(2);
    assertThat(objects.getNodes(root.get("serve")).getFunction().getConcreteFunctionsList())
        .hasSize(1);
  }

  private List<String> members(int list) {
    assertThat(objects.getNodes(list).getUserObject().getIdentifier()).isEqualTo(LIST);
    return objects.getNodes(list).getChildrenList().stream()
        .map(child -> objects.getNodes(child.getNodeId()).getVariable().getName())
        .toList();
  }

  @Test
  void boundVariablesAreTheLastArgumentsInTheirOrder() {
    Map<String, FunctionDef> functions = functions();
    assertThat(objects.getConcreteFunctionsMap()).hasSize(7);
    for (Map.Entry<String, SavedConcreteFunction> entry :
        objects.getConcreteFunctionsMap().entrySet()) {
      OpDef signature = functions.get(entry.getKey()).getSignature();
      assertThat(signature.getIsStateful()).isTrue();
      List<Integer> bound = entry.getValue().getBoundInputsList();
      List<OpDef.ArgDef> arguments = signature.getInputArgList();
      assertThat(arguments.get(0).getName()).isIn("images", "image_bytes");
      int inputs = arguments.size() - bound.size();
      assertThat(inputs).isEqualTo(1);
      assertThat(arguments.get(0).getType()).isNotEqualTo(DataType.DT_RESOURCE);
      for (int i = 0; i < bound.size(); i++) {
        OpDef.ArgDef argument = arguments.get(inputs + i);
        var variable = objects.getNodes(bound.get(i)).getVariable();
        assertThat(argument.getType()).isEqualTo(DataType.DT_RESOURCE);
        assertThat(argument.getHandleData(0).getShape()).isEqualTo(variable.getShape());
        assertThat(argument.getName()).isEqualTo(variable.getName().replace('/', '_'));
        var attributes = functions.get(entry.getKey()).getArgAttrOrThrow(inputs + i).getAttrMap();
        assertThat(attributes.get("_handle_dtypes").getList().getTypeList())
            .containsExactly(DataType.DT_FLOAT);
        assertThat(attributes.get("_handle_shapes").getList().getShapeList())
            .containsExactly(variable.getShape());
      }
    }
  }

  @Test
  void functionsNameWhatTheyHaveAndNoDefaults() {
    for (FunctionDef function : functions().values()) {
      Set<String> known = new HashSet<>();
      function.getSignature().getInputArgList().forEach(argument -> known.add(argument.getName()));
      function.getNodeDefList().forEach(node -> known.add(node.getName()));
      assertThat(known)
          .hasSize(function.getSignature().getInputArgCount() + function.getNodeDefCount());
      List<String> used = new ArrayList<>(function.getRetMap().values());
      used.addAll(function.getControlRetMap().values());
      for (NodeDef node : function.getNodeDefList()) {
        assertThat(node.getDevice()).isEmpty();
        assertThat(node.getOp()).isNotIn("Placeholder", "VarHandleOp");
        used.addAll(node.getInputList());
        if (node.getOp().equals("Conv2D")) {
          assertThat(node.getAttrMap()).containsOnlyKeys("T", "strides", "padding");
        }
      }
      assertThat(used).allMatch(input -> known.contains(source(input)));
    }
  }

  @Test
  void onlyTheTrainingFunctionUpdates() {
    assertThat(graph.getSignatureDefMap()).doesNotContainKey("train");
    assertThat(graph.getGraphDef().getNodeList())
        .noneMatch(node -> node.getOp().equals("AssignSubVariableOp"));
    List<FunctionDef> moving =
        functions().values().stream()
            .filter(
                function ->
                    function.getNodeDefList().stream()
                        .anyMatch(node -> node.getOp().equals("AssignSubVariableOp")))
            .toList();
    assertThat(moving).hasSize(1);
    assertThat(moving.get(0).getSignature().getName()).startsWith("__inference_train_");
    assertThat(moving.get(0).getControlRetMap()).hasSize(1);
  }

  @Test
  void theCheckpointHoldsTheObjectsAndOneCopyOfEachValue() throws IOException {
    String prefix = written.resolve("variables/variables").toString();
    Map<String, CheckpointIndex.Entry> tensors = CheckpointIndex.read(prefix).tensors();
    List<String> keys =
        new ArrayList<>(VARIABLES.stream().map(n -> n + CheckpointIndex.VALUE_SUFFIX).toList());
    keys.add("_CHECKPOINTABLE_OBJECT_GRAPH");
    assertThat(tensors).containsOnlyKeys(keys);
    TrackableObjectGraph stored = TrackableObjectGraph.parseFrom(objectsOf(prefix));
    assertThat(stored.getNodesCount()).isEqualTo(objects.getNodesCount());
    Set<String> found = new HashSet<>();
    for (int i = 0; i < stored.getNodesCount(); i++) {
      assertThat(stored.getNodes(i).getChildrenList())
          .isEqualTo(objects.getNodes(i).getChildrenList());
      stored.getNodes(i).getAttributesList().forEach(a -> found.add(a.getCheckpointKey()));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(keys.subList(0, VARIABLES.size()));
  }

  private static byte[] objectsOf(String prefix) {
    try (Graph reading = new Graph()) {
      Ops tf = Ops.create(reading);
      Restore restore =
          tf.train.restore(
              tf.constant(prefix),
              tf.constant(NdArrays.vectorOfObjects("_CHECKPOINTABLE_OBJECT_GRAPH")),
              tf.constant(NdArrays.vectorOfObjects("")),
              List.of(TString.class));
      try (Session session = new Session(reading);
          Result result = session.runner().fetch(restore.tensors().get(0)).run()) {
        return ((TString) result.get(0)).asBytes().getObject();
      }
    }
  }

  @Test
  void descriptionMatchesTheFlatGraph() throws IOException {
    SavedModelDescription description = SavedModelReader.describe(written);
    assertThat(description.variables()).extracting(VariableDescription::name).isEqualTo(VARIABLES);
    assertThat(description.parameters()).isEqualTo(123);
    try (Predictor predictor = Predictor.open(written)) {
      Map<String, TensorValue> inputs = Map.of("images", TinyNetwork.images(2, 9));
      float[] first = predictor.call("serving_default", inputs).get("logits").floats();
      assertThat(predictor.call("serving_default", inputs).get("logits").floats())
          .containsExactly(first);
    }
  }

  private Map<String, FunctionDef> functions() {
    return graph.getGraphDef().getLibrary().getFunctionList().stream()
        .filter(f -> f.getSignature().getName().startsWith("__inference_"))
        .collect(Collectors.toMap(f -> f.getSignature().getName(), f -> f));
  }

  private static Map<String, Integer> children(SavedObject object) {
    return object.getChildrenList().stream()
        .collect(Collectors.toMap(ObjectReference::getLocalName, ObjectReference::getNodeId));
  }

  private static String source(String input) {
    return input.replaceFirst("^\\^", "").replaceFirst(":.*", "");
  }
}
