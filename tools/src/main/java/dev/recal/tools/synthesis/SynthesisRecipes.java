package dev.recal.tools.synthesis;

import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Synthesis recipes of a command line. */
public final class SynthesisRecipes {

  private SynthesisRecipes() {}

  /**
   * Reads a recipe, or takes the default settings.
   *
   * @param nameOrFile a path, or the name of a built-in recipe; null for the default settings,
   *     under the name of the images
   * @param images where the images are
   * @param overrides {@code key=value} pairs
   * @throws UsageException if there is no such recipe, or a setting is rejected
   */
  public static SynthesisRecipe read(String nameOrFile, Path images, List<String> overrides)
      throws IOException {
    String text = nameOrFile == null ? plain(images) : Recipes.text(nameOrFile);
    return UsageException.check(() -> RecipeJson.read(text, overrides, SynthesisRecipe.class));
  }

  /** Returns a name for a recipe on images: letters and digits of the file's name. */
  public static String nameOf(Path images) {
    String file = images.getFileName() == null ? "" : images.getFileName().toString();
    String name =
        file.replaceFirst("\\.[A-Za-z0-9]+$", "")
            .replaceAll("[^A-Za-z0-9._-]", "-")
            .replaceFirst("^[^A-Za-z0-9]+", "");
    return name.isEmpty() ? "images" : name;
  }

  private static String plain(Path images) {
    return String.format(
        Locale.ROOT,
        """
        {"task": "synthesis", "name": "%s", "network": {}, "data": {}, "training": {}}
        """,
        nameOf(images));
  }
}
