package dev.recal.savedmodels.check;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.ops.records.UntrustedMessages;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Rejects SavedModels on which TensorFlow's native code would abort, recurse endlessly, allocate
 * unbounded memory or write files, before they reach it.
 *
 * <p>A SavedModel is a program: one that passes can still read files and compute for a long time.
 * For models of unknown origin, run it in an unprivileged process.
 *
 * @param directory the directory of the SavedModel
 * @param limits limits for what a model may claim beyond its files
 */
public record SavedModelCheck(Path directory, CheckLimits limits) {

  private static final String FILE = "saved_model.pb";
  private static final long MAX_BYTES = Integer.MAX_VALUE;
  private static final int NEWEST_SCHEMA = 1;
  private static final List<String> INITIALIZERS =
      List.of("saved_model_main_op", "legacy_init_op", "table_initializer");

  /** Checks with the default limits. */
  public static SavedModelCheck of(Path directory) {
    return new SavedModelCheck(directory, CheckLimits.defaults());
  }

  /**
   * Reads {@code saved_model.pb}.
   *
   * @throws IOException if it is missing, not a regular file, too large or truncated
   */
  public SavedModel read() throws IOException {
    Path file = directory.resolve(FILE);
    FileCheck.requireRegular(file);
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new DamagedModelException(
          String.format(
              Locale.ROOT,
              "File %s has %,d bytes, more than the 2 GB that a protocol buffer can have.",
              file,
              size));
    }
    // The objects of a parsed graph take more memory than its bytes.
    if (size > Runtime.getRuntime().maxMemory() / 2) {
      throw new DamagedModelException(
          String.format(
              Locale.ROOT,
              "File %s has %,d bytes, too many for a Java heap of %,d bytes; set a larger heap with"
                  + " -Xmx.",
              file,
              size,
              Runtime.getRuntime().maxMemory()));
    }
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
      return requireSchema(file, UntrustedMessages.parse(SavedModel.parser(), stream));
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedModelException(
          "File " + file + " is damaged: it is not a complete SavedModel.", e);
    }
  }

  private static SavedModel requireSchema(Path file, SavedModel model) throws IOException {
    if (model.getMetaGraphsCount() == 0) {
      throw new DamagedModelException("File " + file + " is damaged: it contains no graph.");
    }
    if (model.getSavedModelSchemaVersion() < 0
        || model.getSavedModelSchemaVersion() > NEWEST_SCHEMA) {
      throw new DamagedModelException(
          String.format(
              Locale.ROOT,
              "File %s has schema version %d; expected at most %d.",
              file,
              model.getSavedModelSchemaVersion(),
              NEWEST_SCHEMA));
    }
    return model;
  }

  /**
   * Rejects a graph that is inconsistent, or that does not match its files. A graph that passes can
   * be described, although this TensorFlow may lack operations that it needs.
   *
   * @throws IOException the message states the file and the reason
   */
  public void requireConsistent(MetaGraphDef graph) throws IOException {
    FileCheck files = new FileCheck(directory);
    long checkpoint = files.hasCheckpoint() ? files.checkpoint() : 0;
    try {
      new GraphCheck(limits, checkpoint).check(graph.getGraphDef());
      new FunctionCheck(limits, graph.getGraphDef()).check(graph.getGraphDef());
      files.assets(Assets.of(graph).stream().map(Assets.Asset::file).toList());
    } catch (Problem e) {
      throw refused(e);
    }
  }

  /**
   * Rejects a graph that this TensorFlow cannot load or that would write files when it is loaded or
   * called; call {@link #requireConsistent} first.
   *
   * @throws IOException the message states the file and the reason
   */
  public void requireLoadable(MetaGraphDef graph) throws IOException {
    try {
      VersionCheck.check(graph.getGraphDef().getVersions());
      OperationCheck operations = new OperationCheck(graph.getGraphDef());
      operations.known();
      operations.counted();
      operations.writesNothing(roots(graph));
    } catch (Problem e) {
      throw refused(e);
    }
  }

  private static List<String> roots(MetaGraphDef graph) {
    List<String> roots = new ArrayList<>();
    roots.add(graph.getSaverDef().getRestoreOpName());
    for (SignatureDef signature : graph.getSignatureDefMap().values()) {
      signature.getOutputsMap().values().forEach(tensor -> names(tensor, roots));
    }
    for (String collection : INITIALIZERS) {
      if (graph.containsCollectionDef(collection)) {
        roots.addAll(graph.getCollectionDefOrThrow(collection).getNodeList().getValueList());
      }
    }
    return roots;
  }

  private static void names(TensorInfo tensor, List<String> roots) {
    roots.add(tensor.getName());
    TensorInfo.CooSparse sparse = tensor.getCooSparse();
    roots.add(sparse.getValuesTensorName());
    roots.add(sparse.getIndicesTensorName());
    roots.add(sparse.getDenseShapeTensorName());
    tensor.getCompositeTensor().getComponentsList().forEach(part -> names(part, roots));
  }

  private DamagedModelException refused(Problem problem) {
    return new DamagedModelException(
        "File " + directory.resolve(FILE) + " is rejected: " + problem.getMessage() + ".");
  }
}
