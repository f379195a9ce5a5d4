package dev.recal.graphs.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.classification.ClassificationRecipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaledBatchTest {

  private static final String RECIPE =
      "{\"name\": \"small\", \"network\": \"resnet20-cifar\", \"data\": {\"training\":"
          + " \"textures\"}, \"training\": {\"batch\": 32, \"learningRate\": {\"base\": 0.05}}}";

  @Test
  void batchAndLearningRateGrowTogether() {
    ClassificationRecipe recipe = RecipeJson.read(RECIPE, List.of(), ClassificationRecipe.class);
    ClassificationRecipe scaled = ScaledBatch.of(recipe, 3);
    assertThat(scaled.training().batch()).isEqualTo(96);
    assertThat(scaled.training().updates().learningRate().base()).isEqualTo(0.15);
    assertThat(ScaledBatch.of(recipe, 1)).isEqualTo(recipe);
  }
}
