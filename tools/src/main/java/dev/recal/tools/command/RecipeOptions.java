package dev.recal.tools.command;

import dev.recal.graphs.task.Recipe;
import dev.recal.tools.run.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of commands that read a recipe. */
final class RecipeOptions {

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting of the recipe, for example training.learningRate.base=0.05.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Base directory of the recipe's relative paths (default: current directory).")
  private Path data;

  /** Returns whether settings are changed. */
  boolean changesSettings() {
    return !overrides.isEmpty();
  }

  /** Returns the user's settings as {@code key=value} pairs. */
  List<String> own() {
    return List.copyOf(overrides);
  }

  /** Returns whether a base directory is given. */
  boolean hasBase() {
    return data != null;
  }

  /**
   * Reads a recipe as its file has it, with the settings changed.
   *
   * @param more further settings, applied last
   */
  Recipe read(String nameOrFile, List<String> more) throws IOException {
    return read(nameOrFile, List.of(), more);
  }

  /**
   * The same with settings that the user's may change.
   *
   * @param before settings, applied first
   * @param after settings, applied last
   */
  Recipe read(String nameOrFile, List<String> before, List<String> after) throws IOException {
    List<String> all = new ArrayList<>(before);
    all.addAll(overrides);
    all.addAll(after);
    return Recipes.read(nameOrFile, all);
  }

  /** Returns the recipe with absolute paths. */
  Recipe located(Recipe recipe) {
    return recipe.at(data == null ? Path.of("") : data);
  }
}
