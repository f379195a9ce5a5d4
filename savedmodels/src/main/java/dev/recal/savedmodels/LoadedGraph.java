package dev.recal.savedmodels;

import com.google.protobuf.ByteString;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.check.Assets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TString;

/**
 * A graph of a SavedModel with its variables restored and its tables filled.
 *
 * <p>It works like TensorFlow's C++ loader, but on the protocol buffer that was checked. TF Java's
 * {@code SavedModelBundle} reads the files again, and afterwards runs the initialisers of tables
 * once more without the paths of their assets, so tables of TensorFlow 1 fail.
 */
final class LoadedGraph implements AutoCloseable {

  private static final String INIT_SIGNATURE = "__saved_model_init_op";
  private static final List<String> INIT_COLLECTIONS =
      List.of("saved_model_main_op", "legacy_init_op");
  private static final String TABLES = "table_initializer";
  private static final String COLOCATION = "_class";
  private static final String COLOCATION_PREFIX = "loc:@";
  // Graph.importGraphDef treats every operation with such a name as an initialiser to run.
  private static final String INITIALIZER = "Init";

  private final Graph graph;
  private final Session session;
  private final String renaming;

  private LoadedGraph(Graph graph, Session session, String renaming) {
    this.graph = graph;
    this.session = session;
    this.renaming = renaming;
  }

  /**
   * Loads a graph.
   *
   * @param directory of the SavedModel
   * @param metaGraph checked
   * @throws RuntimeException if TensorFlow rejects it
   */
  static LoadedGraph load(Path directory, MetaGraphDef metaGraph, ConfigProto config) {
    String renaming = freePrefix(metaGraph.getGraphDef());
    Graph graph = Graphs.create();
    try {
      graph.importGraphDef(renamed(metaGraph.getGraphDef(), renaming));
      LoadedGraph loaded = new LoadedGraph(graph, Sessions.open(graph, config), renaming);
      try {
        loaded.initialize(directory, metaGraph);
        return loaded;
      } catch (RuntimeException e) {
        loaded.session.close();
        throw e;
      }
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  Session session() {
    return session;
  }

  /** Returns the name in the graph of a tensor with this name in the file. */
  String tensor(String name) {
    return name.startsWith(INITIALIZER) ? renaming + name : name;
  }

  /** Returns a tensor by its name in the file, if the graph has it. */
  Optional<Output<?>> output(String name) {
    try {
      Output<?> output = graph.output(tensor(name));
      boolean exists =
          output != null
              && output.index() >= 0
              && output.index() < ((GraphOperation) output.op()).numOutputs();
      return exists ? Optional.of(output) : Optional.empty();
    } catch (IllegalArgumentException e) {
      // The name is not the name of a tensor.
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  // First the variables, then the tables, as in every loader.
  private void initialize(Path directory, MetaGraphDef metaGraph) {
    Map<String, String> assets = new LinkedHashMap<>();
    for (Assets.Asset asset : Assets.of(metaGraph)) {
      assets.put(asset.tensor(), directory.resolve("assets").resolve(asset.file()).toString());
    }
    Path variables = directory.resolve("variables").resolve("variables");
    String restore = metaGraph.getSaverDef().getRestoreOpName();
    if (!restore.isEmpty() && Files.exists(Path.of(variables + ".index"))) {
      Map<String, String> fed = new LinkedHashMap<>(assets);
      fed.put(metaGraph.getSaverDef().getFilenameTensorName(), variables.toString());
      run(fed, List.of(restore));
    }
    List<String> initializers = initializers(metaGraph);
    if (!initializers.isEmpty()) {
      run(assets, initializers);
    }
  }

  private static List<String> initializers(MetaGraphDef metaGraph) {
    if (metaGraph.containsSignatureDef(INIT_SIGNATURE)) {
      String tensor =
          metaGraph
              .getSignatureDefOrThrow(INIT_SIGNATURE)
              .getOutputsMap()
              .values()
              .iterator()
              .next()
              .getName();
      return List.of(tensor);
    }
    for (String collection : INIT_COLLECTIONS) {
      if (metaGraph.containsCollectionDef(collection)) {
        return nodes(metaGraph, collection);
      }
    }
    return nodes(metaGraph, TABLES);
  }

  private static List<String> nodes(MetaGraphDef metaGraph, String collection) {
    return List.copyOf(
        metaGraph
            .getCollectionDefOrDefault(collection, CollectionDef.getDefaultInstance())
            .getNodeList()
            .getValueList());
  }

  private void run(Map<String, String> texts, List<String> targets) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      texts.forEach(
          (name, text) -> {
            Tensor tensor = TString.scalarOf(text);
            fed.add(tensor);
            Output<?> output = output(name).orElseThrow(() -> unknown(name));
            runner.feed(tensor(name).contains(":") ? tensor(name) : tensor(name) + ":0", tensor);
          });
      for (String target : targets) {
        GraphOperation operation = graph.operation(tensor(target).replaceFirst(":\\d+$", ""));
        if (operation == null) {
          throw unknown(target);
        }
        runner.addTarget(operation);
      }
      runner.run().close();
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("its initialiser '" + name + "' is missing from its graph");
  }

  private static String freePrefix(GraphDef graph) {
    String prefix = ".";
    while (hasNodes(graph, prefix + INITIALIZER)) {
      prefix += ".";
    }
    return prefix;
  }

  private static boolean hasNodes(GraphDef graph, String prefix) {
    return graph.getNodeList().stream().anyMatch(node -> node.getName().startsWith(prefix));
  }

  private static GraphDef renamed(GraphDef graph, String renaming) {
    if (!hasNodes(graph, INITIALIZER)) {
      return graph;
    }
    GraphDef.Builder builder = graph.toBuilder();
    for (NodeDef.Builder node : builder.getNodeBuilderList()) {
      node.setName(renamed(node.getName(), "", renaming));
      for (int i = 0; i < node.getInputCount(); i++) {
        String mark = node.getInput(i).startsWith("^") ? "^" : "";
        node.setInput(i, renamed(node.getInput(i), mark, renaming));
      }
      if (node.containsAttr(COLOCATION)) {
        var attribute = node.getAttrOrThrow(COLOCATION).toBuilder();
        for (int i = 0; i < attribute.getList().getSCount(); i++) {
          String place = attribute.getList().getS(i).toStringUtf8();
          if (place.startsWith(COLOCATION_PREFIX)) {
            attribute
                .getListBuilder()
                .setS(i, ByteString.copyFromUtf8(renamed(place, COLOCATION_PREFIX, renaming)));
          }
        }
        node.putAttr(COLOCATION, attribute.build());
      }
    }
    return builder.build();
  }

  private static String renamed(String name, String mark, String renaming) {
    boolean named = name.startsWith(INITIALIZER, mark.length());
    return named ? mark + renaming + name.substring(mark.length()) : name;
  }
}
