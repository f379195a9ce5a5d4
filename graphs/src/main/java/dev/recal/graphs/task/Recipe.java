package dev.recal.graphs.task;

import dev.recal.ops.Arguments;
import java.nio.file.Path;

/** A training run as a file: what is trained on what, and how. An immutable record. */
public interface Recipe {

  /** Returns a short name for people and directories. */
  String name();

  /**
   * Returns the same recipe with absolute paths.
   *
   * @param base where relative paths start
   */
  Recipe at(Path base);

  /**
   * Rejects names that cannot be file names everywhere.
   *
   * @throws IllegalArgumentException if there are other characters than letters, digits and a few
   *     more
   */
  static void requireName(String name) {
    Arguments.require(
        name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        "name",
        "letters, digits, '.', '_' and '-'",
        "'" + name + "'");
  }
}
