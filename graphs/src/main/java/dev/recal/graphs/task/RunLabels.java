package dev.recal.graphs.task;

import dev.recal.graphs.data.DataSet;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The file of a run with its class names, a line each, in the order of the network's outputs. */
public final class RunLabels {

  /** The name of the file. */
  public static final String FILE = "labels.txt";

  private RunLabels() {}

  /** Returns the file by its name, for {@link PreparedTraining#files}. */
  public static Map<String, String> file(List<String> names) {
    return Map.of(FILE, String.join("\n", names) + "\n");
  }

  /**
   * Rejects class names that the file cannot hold, before the run's directory is made.
   *
   * @throws IllegalArgumentException if a name is not one line
   */
  public static void require(DataSet training) {
    try {
      Arguments.lines("training", training.outputNames());
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(
          refused.getMessage()
              + (" A class of " + training.name() + " has it; rename it, as " + FILE)
              + " has a line for each class.");
    }
  }

  /**
   * Returns the class names of a run.
   *
   * @param directory the run's
   * @throws IOException if they cannot be read
   */
  public static List<String> read(Path directory) throws IOException {
    return TextFiles.lines(directory.resolve(FILE));
  }

  /**
   * Checks that a run's file fits its network.
   *
   * @param directory the run's
   * @param classes of the network
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it has another number of lines
   */
  public static void verify(Path directory, int classes) throws IOException {
    int lines = read(directory).size();
    if (lines != classes) {
      throw new IllegalArgumentException(
          ("run: " + directory + " is damaged: the network has " + classes + " classes, but ")
              + (FILE + " has " + lines + " lines."));
    }
  }
}
