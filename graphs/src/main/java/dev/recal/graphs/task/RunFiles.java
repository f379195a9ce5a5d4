package dev.recal.graphs.task;

import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files of a run's directory that its data determines, such as a classifier's class names.
 *
 * @param directory the run's
 * @param files contents by name
 */
record RunFiles(Path directory, Map<String, String> files) {

  /** Writes those that do not exist. */
  void addMissing() throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (!Files.exists(path)) {
        RunDirectory.write(path, file.getValue());
      }
    }
  }

  /**
   * Compares them with what the data says.
   *
   * @throws IOException if one is missing or differs
   */
  void require() throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      List<String> expected = file.getValue().lines().toList();
      List<String> found = TextFiles.lines(path);
      if (!found.equals(expected)) {
        int line = 0;
        while (line < Math.min(found.size(), expected.size())
            && found.get(line).equals(expected.get(line))) {
          line++;
        }
        throw new IOException(
            String.format(
                Locale.ROOT,
                "File %s does not match the run's data: line %d: expected %s, but got %s.",
                path,
                line + 1,
                quoted(expected, line),
                quoted(found, line)));
      }
    }
  }

  private static String quoted(List<String> lines, int line) {
    return line < lines.size() ? "'" + lines.get(line) + "'" : "the end of the file";
  }
}
