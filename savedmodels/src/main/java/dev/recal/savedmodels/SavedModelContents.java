package dev.recal.savedmodels;

import dev.recal.savedmodels.check.Assets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/**
 * The contents of a SavedModel, read without loading it.
 *
 * @param description its description
 * @param tags of this graph
 * @param allTags of all graphs of the file, in its order
 * @param versions of the file and the graph
 * @param operations how often each kind of operation occurs in the main graph
 * @param functions in the order of the file
 * @param assets the files that the initialisers read, relative to {@code assets}
 * @param objects the number of nodes of TensorFlow 2's object graph; 0 if there is none, as in
 *     files of TensorFlow 1
 * @param metaGraph the graph as read, for {@link dev.recal.savedmodels.runtime}
 */
public record SavedModelContents(
    SavedModelDescription description,
    Set<String> tags,
    List<Set<String>> allTags,
    Versions versions,
    Map<String, Integer> operations,
    List<Function> functions,
    List<String> assets,
    int objects,
    MetaGraphDef metaGraph) {

  /**
   * The version numbers that TensorFlow checks.
   *
   * @param schema of the file
   * @param producer of the TensorFlow that wrote the graph
   * @param minimumConsumer the minimum version of a TensorFlow that can read it
   */
  public record Versions(long schema, int producer, int minimumConsumer) {}

  /**
   * A function of the graph.
   *
   * @param name its name
   * @param inputs the number of its arguments
   * @param outputs the number of its results
   * @param operations how often each kind of operation occurs in it
   */
  public record Function(String name, int inputs, int outputs, Map<String, Integer> operations) {

    /** Copies the map. */
    public Function {
      operations = Collections.unmodifiableMap(new TreeMap<>(operations));
    }
  }

  /** Copies the collections. */
  public SavedModelContents {
    tags = Set.copyOf(tags);
    allTags = List.copyOf(allTags);
    operations = Collections.unmodifiableMap(new TreeMap<>(operations));
    functions = List.copyOf(functions);
    assets = List.copyOf(assets);
  }

  static SavedModelContents of(
      SavedModel file, MetaGraphDef metaGraph, SavedModelDescription description) {
    List<Function> functions = new ArrayList<>();
    for (FunctionDef function : metaGraph.getGraphDef().getLibrary().getFunctionList()) {
      functions.add(
          new Function(
              function.getSignature().getName(),
              function.getSignature().getInputArgCount(),
              function.getSignature().getOutputArgCount(),
              count(function.getNodeDefList())));
    }
    return new SavedModelContents(
        description,
        Set.copyOf(metaGraph.getMetaInfoDef().getTagsList()),
        TaggedGraphs.all(file),
        new Versions(
            file.getSavedModelSchemaVersion(),
            metaGraph.getGraphDef().getVersions().getProducer(),
            metaGraph.getGraphDef().getVersions().getMinConsumer()),
        count(metaGraph.getGraphDef().getNodeList()),
        functions,
        Assets.of(metaGraph).stream().map(Assets.Asset::file).toList(),
        metaGraph.getObjectGraphDef().getNodesCount(),
        metaGraph);
  }

  private static Map<String, Integer> count(Collection<NodeDef> nodes) {
    Map<String, Integer> counts = new TreeMap<>();
    nodes.forEach(node -> counts.merge(node.getOp(), 1, Integer::sum));
    return counts;
  }
}
