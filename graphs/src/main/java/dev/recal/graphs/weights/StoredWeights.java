package dev.recal.graphs.weights;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import dev.recal.graphs.files.AtomicDirectories;
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
import java.util.function.BiFunction;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * The files of a {@link StoredModel}: its description as JSON, {@code labels.txt}, and TensorFlow's
 * {@code variables.index} and {@code variables.data-…} under the variables' own names.
 *
 * @param directory its path
 * @param file the name of the description
 */
public record StoredWeights(Path directory, String file) {

  private static final String LABELS = "labels.txt";
  private static final String VARIABLES = "variables";

  /** Returns whether the description exists. */
  public boolean exists() {
    return Files.isRegularFile(directory.resolve(file));
  }

  /**
   * Reads description and class names.
   *
   * @param <T> what is made of them
   * @param reader makes it; what it rejects is reported as damage of the file
   * @throws IOException if they are missing or damaged
   */
  public <T> T read(BiFunction<JsonElement, List<String>, T> reader) throws IOException {
    Path path = directory.resolve(file);
    if (!exists()) {
      throw new IOException(
          Files.isRegularFile(directory)
              ? "weights: expected a directory, but got " + FileKind.named(directory) + "."
              : "Directory " + directory + " contains no weights: it lacks " + file + ".");
    }
    try {
      JsonElement description = JsonRecords.parse(TextFiles.read(path));
      return reader.apply(description, TextFiles.lines(directory.resolve(LABELS)));
    } catch (IllegalArgumentException damaged) {
      throw new IOException("File " + path + " is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /** Rejects a number of labels other than the number of classes, and labels with line breaks. */
  public static void requireLabels(List<String> labels, int classes) {
    Arguments.lines("labels", labels);
    Arguments.require(
        labels.size() == classes,
        "labels",
        "one for each of the " + classes + " classes",
        labels.size());
  }

  /** Returns the prefix that TensorFlow reads the variables from. */
  public String prefix() {
    return directory.resolve(VARIABLES).toString();
  }

  /**
   * Writes the files.
   *
   * @param session holds the variables' values
   * @param store the graph's variables; the graph gets operations that save them
   * @throws IOException if the directory is not empty, or cannot be written
   */
  public void write(
      JsonElement description, List<String> labels, Session session, VariableStore store)
      throws IOException {
    Saver saver = Saver.add(GraphScope.ops(store.graph()), "stored_network", store.all());
    String json =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(description);
    try {
      AtomicDirectories.write(
          directory,
          inside -> {
            TextFiles.write(inside.resolve(file), json + "\n");
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
