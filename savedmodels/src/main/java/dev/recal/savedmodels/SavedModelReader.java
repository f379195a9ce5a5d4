package dev.recal.savedmodels;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Reads what a SavedModel offers without loading it, be it of this project, of Keras or of any
 * TensorFlow.
 */
public final class SavedModelReader {

  static final String SERVE = "serve";
  private static final Pattern SHARD = Pattern.compile("variables\\.data-\\d{5}-of-(\\d{5})");

  private SavedModelReader() {}

  /**
   * Describes a SavedModel.
   *
   * @param model a SavedModel, or a directory of integer versions, of which the highest is taken
   * @throws IOException if it is missing or damaged
   */
  public static SavedModelDescription describe(Path model) throws IOException {
    Path directory = ModelVersions.find(model);
    MetaGraphDef metaGraph = metaGraph(directory);
    List<VariableDescription> variables = variables(directory, metaGraph);
    if (!variables.isEmpty()) {
      checkVariableFiles(directory);
    }
    return new SavedModelDescription(
        directory,
        metaGraph.getMetaInfoDef().getTensorflowVersion(),
        metaGraph.getSignatureDefMap().entrySet().stream()
            .filter(entry -> !entry.getKey().startsWith("__saved_model"))
            .map(entry -> SignatureDescription.of(entry.getKey(), entry.getValue()))
            .toList(),
        variables,
        Extras.readLabels(directory),
        Extras.readMetadata(directory),
        metaGraph.getGraphDef().getNodeCount(),
        size(directory));
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

  private static MetaGraphDef metaGraph(Path directory) throws IOException {
    Path file = directory.resolve(ModelVersions.MODEL_FILE);
    SavedModel model;
    try (InputStream stream = Files.newInputStream(file)) {
      model = SavedModel.parseFrom(stream);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(
          "File " + file + " is damaged: it is no complete SavedModel (" + e.getMessage() + ").",
          e);
    }
    return model.getMetaGraphsList().stream()
        .filter(graph -> graph.getMetaInfoDef().getTagsList().contains(SERVE))
        .findFirst()
        .orElseThrow(
            () ->
                new IOException("File " + file + " holds no graph with the tag '" + SERVE + "'."));
  }

  // Without its index, TensorFlow loads a model silently with variables that have no values.
  private static void checkVariableFiles(Path directory) throws IOException {
    Path variables = directory.resolve("variables");
    if (!Files.isRegularFile(variables.resolve("variables.index"))) {
      throw new IOException(
          "The SavedModel in "
              + directory
              + " is damaged: it has variables, but variables/variables.index is missing.");
    }
    int shards = 0;
    int expected = 1;
    try (Stream<Path> files = Files.list(variables)) {
      for (Path file : files.toList()) {
        Matcher matcher = SHARD.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          shards++;
          expected = Integer.parseInt(matcher.group(1));
        }
      }
    }
    if (shards != expected) {
      throw new IOException(
          String.format(
              "The SavedModel in %s is damaged: of %d files variables/variables.data-… there are"
                  + " %d.",
              directory, expected, shards));
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
