package dev.recal.savedmodels;

import dev.recal.ops.files.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The layout {@code <model>/<integer version>/}. */
final class ModelVersions {

  static final String MODEL_FILE = "saved_model.pb";
  // Longer numbers do not fit into the 64-bit version of a server.
  private static final String VERSION = "\\d{1,18}";

  // Text format, and the chunks of models above 2 GB.
  private static final List<String> OTHER_FORMS = List.of("saved_model.pbtxt", "saved_model.cpb");

  private ModelVersions() {}

  /**
   * Returns the directory to write: the path itself if it ends in a number, otherwise the next free
   * version.
   */
  static Path next(Path target) throws IOException {
    if (isVersion(target)) {
      return target;
    }
    if (Files.exists(target.resolve(MODEL_FILE))) {
      throw new IOException(
          "target: expected a directory of integer versions, but "
              + target
              + " is itself a SavedModel.");
    }
    List<Long> versions = list(target);
    long last = versions.isEmpty() ? 0 : versions.get(versions.size() - 1);
    return target.resolve(Long.toString(last + 1));
  }

  /** Returns the directory that contains a SavedModel: the path itself or its highest version. */
  static Path find(Path model) throws IOException {
    // The reader reports a specific error if the file exists but is not a regular file.
    if (Files.exists(model.resolve(MODEL_FILE), LinkOption.NOFOLLOW_LINKS)) {
      return model;
    }
    if (Files.isRegularFile(model)) {
      throw FileKind.notSavedModel(model);
    }
    if (!Files.isDirectory(model)) {
      List<Long> others = isVersion(model) ? list(model.toAbsolutePath().getParent()) : List.of();
      throw new IOException(
          "There is no SavedModel directory "
              + model
              + (others.isEmpty() ? "." : "; versions next to it: " + others + "."));
    }
    List<Long> versions = list(model);
    for (int i = versions.size() - 1; i >= 0; i--) {
      Path version = model.resolve(Long.toString(versions.get(i)));
      if (Files.isRegularFile(version.resolve(MODEL_FILE))) {
        return version;
      }
    }
    for (String other : OTHER_FORMS) {
      if (Files.exists(model.resolve(other))) {
        throw new IOException(
            "Directory "
                + model
                + ": expected a SavedModel as "
                + MODEL_FILE
                + ", but got "
                + other
                + "; save it again with TensorFlow in Python.");
      }
    }
    throw new IOException(
        "Directory "
            + model
            + " is not a SavedModel: it contains neither "
            + MODEL_FILE
            + " nor an integer version that does.");
  }

  private static boolean isVersion(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name != null && name.toString().matches(VERSION);
  }

  private static List<Long> list(Path model) throws IOException {
    if (!Files.isDirectory(model)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(model)) {
      return children
          .map(child -> child.getFileName().toString())
          .filter(name -> name.matches(VERSION))
          .map(Long::valueOf)
          .sorted()
          .toList();
    }
  }
}
