package dev.recal.graphs.weights;

import com.google.gson.GsonBuilder;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.files.AtomicDirectories;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.VariableStore;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.FileKind;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * A directory with a network and its weights: {@code network.json}, {@code labels.txt}, and
 * TensorFlow's {@code variables.index} and {@code variables.data-…} under the variables' own names.
 *
 * @param directory its path
 * @param description the description of the network
 * @param labels the class names in the order of the logits
 */
public record StoredNetwork(Path directory, Description description, List<String> labels) {

  /** The file with the description of the network. */
  public static final String NETWORK = "network.json";

  private static final String LABELS = "labels.txt";
  private static final String VARIABLES = "variables";

  /**
   * The description of a network and its weights.
   *
   * @param network the settings
   * @param imageSize rows and columns of its images
   * @param evaluationAugmentation how images from files are resized
   * @param origin the origin of the weights, as text
   */
  public record Description(
      Network network, int imageSize, Augmentation evaluationAugmentation, String origin) {

    /** Rejects missing parts, sizes below 1 and random augmentations. */
    public Description {
      Objects.requireNonNull(network, "network");
      Objects.requireNonNull(origin, "origin");
      if (imageSize < 1) {
        throw new IllegalArgumentException(
            "imageSize: expected at least 1, but got " + imageSize + ".");
      }
      if (evaluationAugmentation.isRandom()) {
        throw new IllegalArgumentException(
            "evaluationAugmentation: expected one that is not random, but got "
                + evaluationAugmentation
                + ".");
      }
    }
  }

  /** Rejects a number of labels other than the number of classes, and labels with line breaks. */
  public StoredNetwork {
    labels = List.copyOf(labels);
    Arguments.lines("labels", labels);
    int classes = description.network().classes();
    if (labels.size() != classes) {
      throw new IllegalArgumentException(
          "labels: expected one for each of the "
              + classes
              + " classes, but got "
              + labels.size()
              + ".");
    }
  }

  /** Returns whether a directory is a stored network. */
  public static boolean isAt(Path directory) {
    return Files.isRegularFile(directory.resolve(NETWORK));
  }

  /**
   * Opens an existing directory.
   *
   * @throws IOException if files are missing or damaged
   */
  public static StoredNetwork open(Path directory) throws IOException {
    Path file = directory.resolve(NETWORK);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Files.isRegularFile(directory)
              ? "weights: expected a directory, but got " + FileKind.named(directory) + "."
              : "There are no weights in " + directory + ": it has no " + NETWORK + ".");
    }
    try {
      Description description =
          Networks.json().read(JsonRecords.parse(TextFiles.read(file)), Description.class);
      return new StoredNetwork(directory, description, TextFiles.lines(directory.resolve(LABELS)));
    } catch (IllegalArgumentException damaged) {
      throw new IOException("File " + file + " is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /** Returns the prefix that TensorFlow reads the variables from. */
  public String prefix() {
    return directory.resolve(VARIABLES).toString();
  }

  /**
   * Writes the directory.
   *
   * @param session holds the variables' values
   * @param store the graph's variables; the graph gets operations that save them
   * @throws IOException if the directory is not empty, or cannot be written
   */
  public void write(Session session, VariableStore store) throws IOException {
    Saver saver = Saver.add(GraphScope.ops(store.graph()), "stored_network", store.all());
    String json =
        new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(Networks.json().write(description));
    try {
      AtomicDirectories.write(
          directory,
          inside -> {
            TextFiles.write(inside.resolve(NETWORK), json + "\n");
            TextFiles.write(inside.resolve(LABELS), String.join("\n", labels) + "\n");
            saver.save(session, inside.resolve(VARIABLES).toString());
          });
    } catch (IOException failure) {
      throw new IOException(
          "The weights " + directory + " cannot be written: " + FileFailures.reason(failure) + ".",
          failure);
    } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException failure) {
      throw new IOException(
          "The weights "
              + directory
              + " cannot be written: "
              + TensorFlowFailures.reason(failure)
              + ".",
          failure);
    }
  }
}
