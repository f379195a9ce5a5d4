package dev.recal.models.weights;

import dev.recal.graphs.weights.NameMap;
import dev.recal.graphs.weights.NamedWeight;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.VariableStore;
import dev.recal.ops.files.TemporaryPath;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;

/** Writes a network's weights for other libraries. */
public final class WeightExport {

  private WeightExport() {}

  /**
   * Writes a safetensors file under other names, in those names' layouts.
   *
   * @param names the naming; counters are written as 0
   * @return the number of tensors written
   * @throws IOException if a variable cannot be read, or the file cannot be written
   */
  public static int safetensors(TensorFile variables, NameMap names, Path file) throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    for (NamedWeight weight : names.weights()) {
      float[] values =
          weight.layout().toExternal(variables.floats(weight.variable()), weight.shape());
      tensors.put(
          weight.tensor(), new TensorValue(ElementType.FLOAT32, weight.tensorShape(), values));
    }
    names.counters().stream()
        .filter(name -> counts(name, tensors.keySet()))
        .forEach(
            name ->
                tensors.put(name, new TensorValue(ElementType.INT64, Shape.scalar(), new long[1])));
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    return tensors.size();
  }

  // Whether any variable of its layer is written.
  private static boolean counts(String counter, Set<String> tensors) {
    String scope = counter.substring(0, counter.lastIndexOf('.') + 1);
    return tensors.stream().anyMatch(tensor -> tensor.startsWith(scope));
  }

  /**
   * Writes a TensorFlow checkpoint under the variables' own names.
   *
   * @param prefix of its files, in a directory that exists
   * @return the number of variables written
   * @throws IOException if a variable cannot be read, or the files cannot be written
   */
  public static int checkpoint(NetworkFile from, String prefix) throws IOException {
    try (Graph graph = Graphs.create()) {
      VariableStore store = NetworkVariables.build(graph, from.architecture(), from.imageSize(), 0);
      Saver saver = Saver.add(GraphScope.ops(graph), "weights", store.all());
      try (Session session = Sessions.unoptimised(graph)) {
        InitialValues.assign(
            session, store, store.all(), variable -> from.tensors().floats(variable.name()));
        save(session, saver, Path.of(prefix));
      }
      return store.all().size();
    }
  }

  // The index last: without it there is no checkpoint.
  private static void save(Session session, Saver saver, Path prefix) throws IOException {
    try (TemporaryPath temporary = TemporaryPath.directory(prefix)) {
      try {
        saver.save(session, temporary.path().resolve(prefix.getFileName()).toString());
      } catch (TensorFlowException
          | TFInvalidArgumentException
          | TFUnimplementedException failure) {
        throw new IOException(
            "The checkpoint "
                + prefix
                + " cannot be written: "
                + TensorFlowFailures.reason(failure)
                + ".",
            failure);
      }
      List<Path> files;
      try (Stream<Path> entries = Files.list(temporary.path())) {
        files = entries.sorted().toList();
      }
      for (Path file : files) {
        Files.move(
            file, prefix.resolveSibling(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
