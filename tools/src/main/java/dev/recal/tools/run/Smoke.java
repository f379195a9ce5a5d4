package dev.recal.tools.run;

import dev.recal.graphs.classification.ClassificationRecipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A recipe cut down to two steps on a handful of drawn textures, with its network, sizes,
 * augmentation, optimiser, schedule and precision as they are: whether all of it fits together
 * shows in less than a minute, and without its data.
 */
public final class Smoke {

  private static final int IMAGES = 4;

  private Smoke() {}

  /**
   * Reads a recipe cut down.
   *
   * @param nameOrFile as {@link Recipes#read} takes it
   * @param overrides applied before the recipe is cut down
   */
  public static ClassificationRecipe read(String nameOrFile, List<String> overrides) throws IOException {
    ClassificationRecipe whole = Recipes.read(nameOrFile, overrides);
    int accumulation = Math.min(2, whole.training().accumulation());
    List<String> all = new ArrayList<>(overrides);
    all.addAll(
        List.of(
            "name=" + whole.name() + "-smoke",
            "data.training={\"type\": \"textures\", \"split\": \"train\", \"perClass\": 2}",
            "data.evaluation={\"type\": \"textures\", \"split\": \"test\", \"perClass\": 1}",
            "training.accumulation=" + accumulation,
            "training.batch=" + IMAGES * accumulation,
            "training.steps=2",
            "training.evaluateEvery=1",
            "training.averageBatches=1"));
    return Recipes.read(nameOrFile, all);
  }
}
