package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.task.RecipeJson;
import example.StripedImages;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data sources by their names in recipes, built-in and third-party. */
class ThirdPartySourceTest {
  private static final String RECIPE =
      """
      {"name": "stripes", "network": "resnet20-cifar", "data": {"training": "textures"},
       "training": {"learningRate": {"base": 0.2, "schedule": "cosine"}}}
      """;

  @Test
  void builtInSourcesKeepTheirNames() {
    assertThat(DataSourceRegistry.sources().keySet())
        .containsExactlyInAnyOrder(
            "cifar-binary",
            "coco",
            "detection-records",
            "domain-folder",
            "drawn-faces",
            "drawn-scenes",
            "fold",
            "image-archive",
            "image-collection",
            "image-folder",
            "image-labels",
            "image-numbers",
            "record-shards",
            "striped-images",
            "textures",
            "tf-records");
  }

  @Test
  void aRecipeNamesASourceOfAnotherLibrary() throws IOException {
    ClassificationRecipe recipe =
        RecipeJson.read(
            RECIPE,
            List.of(
                "data.training={\"type\": \"striped-images\", \"count\": 6}",
                "data.evaluation=striped-images"),
            ClassificationRecipe.class);
    assertThat(recipe.data().training()).isEqualTo(new StripedImages(6, 16));
    assertThat(recipe.data().evaluation()).contains(StripedImages.defaults());
    assertThat(RecipeJson.read(RecipeJson.write(recipe), List.of())).isEqualTo(recipe);
    try (DataSet data = recipe.data().training().open()) {
      assertThat(data.classNames()).containsExactly("horizontal", "vertical");
      assertThat(data.labels()).containsExactly(0, 1, 0, 1, 0, 1);
      assertThat(data.itemName(3)).isEqualTo("stripes3");
    }
  }

  @Test
  void validatesItsSettings() {
    assertRefused(
        "data.training={\"type\": \"striped-images\", \"cuont\": 6}",
        "data.training.cuont",
        "Did you mean 'count'?");
    assertRefused("data.training=striped-image", "Did you mean 'striped-images'?");
  }

  private static void assertRefused(String override, String... parts) {
    assertThatThrownBy(() -> RecipeJson.read(RECIPE, List.of(override)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }
}
