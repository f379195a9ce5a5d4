package dev.recal.tools.run;

import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds recipes: a file, or the name of a built-in one. */
public final class Recipes {

  private static final String SUFFIX = ".json";

  private Recipes() {}

  /**
   * Reads a recipe of any task.
   *
   * @param nameOrFile a path, or a name of {@link #names}
   * @param overrides {@code key=value} pairs
   * @throws UsageException if there is none, or it is not a recipe
   */
  public static Recipe read(String nameOrFile, List<String> overrides) throws IOException {
    String text = text(nameOrFile);
    return UsageException.check(() -> RecipeJson.read(text, overrides));
  }

  /**
   * Returns a recipe's text, of any task.
   *
   * @param nameOrFile a path, or a name of {@link #names}
   * @throws UsageException if there is none
   */
  public static String text(String nameOrFile) throws IOException {
    Path file = Path.of(nameOrFile);
    if (!Files.isRegularFile(file)) {
      file = home().resolve(nameOrFile + SUFFIX);
    }
    if (!Files.isRegularFile(file)) {
      throw UsageException.unknown("recipe", nameOrFile, names());
    }
    String text = TextFiles.read(file);
    requireJson(text, file);
    return text;
  }

  // Here, where the file is known.
  private static void requireJson(String text, Path file) {
    UsageException.check(() -> JsonRecords.parseCommented(text, file));
  }

  /**
   * Returns the comment that a recipe begins with, in one line; empty if there is none.
   *
   * @param text of the recipe
   */
  public static String description(String text) {
    return text.lines()
        .map(String::strip)
        .takeWhile(line -> line.startsWith("//"))
        .map(line -> line.substring(2).strip())
        .collect(Collectors.joining(" "));
  }

  /** Returns the names of the recipes that ship with the product. */
  public static List<String> names() throws IOException {
    if (!Files.isDirectory(home())) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(home())) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX)) {
          names.add(name.substring(0, name.length() - SUFFIX.length()));
        }
      }
    }
    Collections.sort(names);
    return names;
  }

  private static Path home() {
    return Path.of(System.getProperty("recal.home", ".")).resolve("recipes");
  }
}
