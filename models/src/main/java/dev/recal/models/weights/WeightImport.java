package dev.recal.models.weights;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.weights.Architecture;
import dev.recal.graphs.weights.NamedWeight;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.graphs.weights.StoredModel;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;

/** Imports a file's tensors into a network, and stores it. */
public final class WeightImport {

  private static final int SIZE_OF_FILES = 224;
  private static final int CROP_OF_224 = 256;
  private static final long NO_SEED = 0;

  private WeightImport() {}

  /**
   * Imports a file that holds every tensor of a network and no other, by the names that fit it; a
   * prefix of all names does not count.
   *
   * @param file safetensors, or a TensorFlow checkpoint
   * @param preset the network, with as many classes as the file has, and its size of image
   * @param directory the output directory; the class names are numbers
   * @return the written network, for example to start a run from
   * @throws IOException if the file cannot be read, tensors are missing, unexpected or of another
   *     shape, or the directory cannot be written
   */
  public static StoredNetwork importAll(Path file, Networks.Preset preset, Path directory)
      throws IOException {
    Network network = preset.network();
    Map<String, Shape> variables = NetworkVariables.of(network, preset.imageSize());
    try (TensorFile tensors = TensorFile.open(file)) {
      NamingMatch names =
          NamingMatch.find(
              Architecture.of(network),
              variables,
              tensors,
              Set.of(),
              Optional.empty(),
              Optional.empty());
      Naming naming = names.naming();
      Difference difference = names.difference();
      if (difference.size() > 0) {
        throw new IOException(
            file
                + " does not contain the weights of "
                + preset.name()
                + " under the names of "
                + naming.word()
                + ": "
                + difference.summary()
                + "; for example "
                + difference.example()
                + ".");
      }
      StoredNetwork target =
          new StoredNetwork(
              directory, description(preset, file, naming), numbers(network.classes()));
      write(target, names.file(), difference.fitting(), NO_SEED);
      return target;
    }
  }

  /** Returns the description of a network whose weights were imported. */
  public static StoredNetwork.Description description(
      Networks.Preset preset, Path file, Naming naming) {
    int size = preset.imageSize();
    return new StoredNetwork.Description(
        preset.network(),
        size,
        size == SIZE_OF_FILES ? Augmentation.centerCrop(CROP_OF_224) : Augmentation.none(),
        origin(file, naming));
  }

  /** Returns the origin of imported weights, as text. */
  public static String origin(Path file, Naming naming) {
    return "imported from " + file.getFileName() + " with the names of " + naming.word();
  }

  /** Returns the class numbers as class names. */
  public static List<String> numbers(int classes) {
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  /**
   * Writes a directory of weights.
   *
   * @param target the output; its model receives the values
   * @param weights the variables to import; all others keep their initial value
   * @param seed of those initial values
   * @throws IOException if a tensor cannot be read or has a value that is not finite, or the
   *     directory cannot be written
   */
  public static void write(
      StoredModel target, TensorFile file, List<NamedWeight> weights, long seed)
      throws IOException {
    Map<String, NamedWeight> byPath = new LinkedHashMap<>();
    weights.forEach(weight -> byPath.put(weight.variable(), weight));
    try (Graph graph = Graphs.create()) {
      VariableStore store =
          NetworkVariables.build(graph, target.architecture(), target.imageSize(), seed);
      try (Session session = Sessions.unoptimised(graph)) {
        InitialValues.assign(
            session,
            store,
            store.all().stream().filter(variable -> byPath.containsKey(variable.name())).toList(),
            variable -> values(file, byPath.get(variable.name())));
        target.write(session, store);
      }
    }
  }

  private static float[] values(TensorFile file, NamedWeight weight) throws IOException {
    float[] values = file.floats(weight.tensor());
    requireFinite(file, weight, values);
    return weight.layout().toRecal(values, weight.shape());
  }

  private static void requireFinite(TensorFile file, NamedWeight weight, float[] values)
      throws IOException {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IOException(
            "Tensor '"
                + weight.tensor()
                + "' of "
                + file.name()
                + ": expected finite weights, but got "
                + values[i]
                + " at position "
                + i
                + ".");
      }
    }
  }
}
