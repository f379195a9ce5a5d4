package dev.recal.savedmodels;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.check.SavedModelCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Describes SavedModels without loading them, whether written by this project, by Keras or by any
 * TensorFlow.
 */
public final class SavedModelReader {

  private static final Logger LOG = LoggerFactory.getLogger(SavedModelReader.class);

  private SavedModelReader() {}

  /** A validated graph and its description. */
  record ValidatedModel(
      SavedModelCheck check, MetaGraphDef metaGraph, SavedModelDescription description) {}

  /**
   * Describes the serving graph of a SavedModel.
   *
   * @param model a SavedModel, or a directory of integer versions, of which the highest is used
   * @throws IOException if it is missing or damaged
   */
  public static SavedModelDescription describe(Path model) throws IOException {
    return read(model, Set.of()).description();
  }

  /**
   * Lists the contents of a SavedModel.
   *
   * @param model a SavedModel, or a directory of integer versions, of which the highest is used
   * @param tags of the graph, if the file contains several; empty for the graph for serving
   * @throws IOException if it is missing or damaged, or has no such graph
   */
  public static SavedModelContents contents(Path model, Set<String> tags) throws IOException {
    SavedModelCheck check = SavedModelCheck.of(ModelVersions.find(model));
    SavedModel file = check.read();
    MetaGraphDef metaGraph = TaggedGraphs.choose(check.directory(), file, tags);
    return SavedModelContents.of(file, metaGraph, validated(check, metaGraph).description());
  }

  static ValidatedModel read(Path model, Set<String> tags) throws IOException {
    SavedModelCheck check = SavedModelCheck.of(ModelVersions.find(model));
    return validated(check, TaggedGraphs.choose(check.directory(), check.read(), tags));
  }

  private static ValidatedModel validated(SavedModelCheck check, MetaGraphDef metaGraph)
      throws IOException {
    Path directory = check.directory();
    check.requireConsistent(metaGraph);
    List<VariableDescription> variables = variables(directory, metaGraph);
    // If the index is missing, TensorFlow silently loads a model with uninitialised variables.
    if (!variables.isEmpty()
        && !Files.exists(directory.resolve("variables").resolve("variables.index"))) {
      throw new IOException(
          "The SavedModel in "
              + directory
              + " is damaged: it has variables, but variables/variables.index is missing.");
    }
    JsonObject metadata = Extras.readMetadata(directory);
    FileIntegrity integrity = FileDigests.check(directory, metadata);
    SavedModelDescription description =
        new SavedModelDescription(
            directory,
            metaGraph.getMetaInfoDef().getTensorflowVersion(),
            metaGraph.getSignatureDefMap().entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("__saved_model"))
                .map(entry -> SignatureDescription.of(entry.getKey(), entry.getValue()))
                .toList(),
            variables,
            labels(directory, metaGraph),
            metadata,
            integrity,
            metaGraph.getGraphDef().getNodeCount(),
            size(directory));
    return new ValidatedModel(check, metaGraph, description);
  }

  // Labels of the graph take precedence over a file.
  private static List<String> labels(Path directory, MetaGraphDef metaGraph) throws IOException {
    List<String> beside = Extras.readLabels(directory);
    List<String> inside = GraphLabels.of(metaGraph);
    if (inside.isEmpty()) {
      return beside;
    }
    if (!beside.isEmpty() && !beside.equals(inside)) {
      LOG.warn(
          "{} differs from the class names in the graph, which are used.",
          Extras.file(directory, Extras.LABELS));
    }
    return inside;
  }

  private static List<VariableDescription> variables(Path directory, MetaGraphDef metaGraph)
      throws IOException {
    try {
      return Variables.of(metaGraph);
    } catch (IOException e) {
      throw new IOException(
          "The SavedModel in " + directory + " is damaged: " + e.getMessage() + ".", e);
    }
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(Files::isRegularFile).mapToLong(SavedModelReader::fileSize).sum();
    }
  }

  private static long fileSize(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
