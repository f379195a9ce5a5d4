package dev.recal.graphs.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.source.ImageFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recipe without images of its own to evaluate on keeps none, whatever way it goes. */
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
    Recipe recipe = RecipeJson.read(text, List.of());
    assertThat(recipe.data().training()).isEqualTo(new ImageFolder(Path.of("photos")));
    assertThat(recipe.data().evaluation()).isEmpty();
    assertThat(RecipeJson.read(RecipeJson.write(recipe), List.of())).isEqualTo(recipe);
    assertThat(RecipeJson.read(text, List.of("data.holdOut=0.2")).data().evaluation()).isEmpty();
  }
}
