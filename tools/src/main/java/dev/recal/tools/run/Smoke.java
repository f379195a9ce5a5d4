package dev.recal.tools.run;

import dev.recal.graphs.recipe.Recipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A recipe reduced to two steps on a few synthetic textures, with its own network, sizes,
 * augmentation, optimiser, schedule and precision: a smoke test in less than a minute, without its
 * data.
 */
public final class Smoke {

  private static final int IMAGES = 4;

  private Smoke() {}

  /**
   * Reads a reduced recipe.
   *
   * @param nameOrFile as in {@link Recipes#read} @param overrides applied before the reduction
   */
  public static Recipe read(String nameOrFile, List<String> overrides) throws IOException {
    Recipe whole = Recipes.read(nameOrFile, overrides);
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
