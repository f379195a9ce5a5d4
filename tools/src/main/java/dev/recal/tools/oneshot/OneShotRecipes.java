package dev.recal.tools.oneshot;

import com.google.gson.JsonPrimitive;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Recipes;
import dev.recal.tools.synthesis.SynthesisRecipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One-shot recipes of a command line. */
public final class OneShotRecipes {

  private OneShotRecipes() {}

  /**
   * Reads a recipe for an image, or takes the default settings.
   *
   * @param nameOrFile a path, or the name of a built-in recipe; null for the default settings,
   *     under the name of the image
   * @param image the training image
   * @param overrides {@code key=value} pairs
   * @throws UsageException if there is no such recipe, or a setting is rejected
   */
  public static OneShotRecipe read(String nameOrFile, Path image, List<String> overrides)
      throws IOException {
    String text = nameOrFile == null ? plain(image) : Recipes.text(nameOrFile);
    List<String> all = new ArrayList<>(overrides);
    all.add("data.file=" + new JsonPrimitive(image.toAbsolutePath().normalize().toString()));
    return UsageException.check(() -> RecipeJson.read(text, all, OneShotRecipe.class));
  }

  private static String plain(Path image) {
    return String.format(
        Locale.ROOT,
        """
        {"task": "one-shot", "name": "%s", "network": {}, "data": {"file": "image.png"},
         "training": {}}
        """,
        SynthesisRecipes.nameOf(image));
  }
}
