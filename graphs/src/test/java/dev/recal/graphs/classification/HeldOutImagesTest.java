package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.task.RecipeJson;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recipe without evaluation images does not leave held-out images open on any path. */
class HeldOutImagesTest {

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"evaluation\": null"})
  void evaluationStaysAbsent(String evaluation) {
    String text =
        """
        {"name": "photos", "network": "resnet20-cifar", "training": {},
         "data": {"training": {"type": "image-folder", "root": "photos"}%s}}
        """
            .formatted(evaluation);
    ClassificationRecipe recipe = RecipeJson.read(text, List.of(), ClassificationRecipe.class);
    assertThat(recipe.data().training()).isEqualTo(new ImageFolder(Path.of("photos")));
    assertThat(recipe.data().evaluation()).isEmpty();
    assertThat(RecipeJson.read(RecipeJson.write(recipe), List.of())).isEqualTo(recipe);
    assertThat(
            RecipeJson.read(text, List.of("data.holdOut=0.2"), ClassificationRecipe.class)
                .data()
                .evaluation())
        .isEmpty();
  }
}
