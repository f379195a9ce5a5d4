package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.task.RecipeJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PhotographSettingsTest {

  private static ClassificationRecipe recipe(PhotographSettings settings) throws IOException {
    String text = Files.readString(Path.of("../recipes/photographs.json"));
    return RecipeJson.read(text, settings.overrides(), ClassificationRecipe.class);
  }

  @Test
  void fewImagesAreShownMoreOftenInSmallerBatches() throws IOException {
    ClassificationRecipe few = recipe(new PhotographSettings(240, 6, 375, false));
    ClassificationRecipe many = recipe(new PhotographSettings(50_000, 6, 375, false));
    assertThat(few.data().imageSize()).isEqualTo(128);
    assertThat(few.training().batch()).isEqualTo(16);
    assertThat(few.training().epochs()).isEqualTo(60);
    assertThat(few.data().holdOut()).isEqualTo(0.2);
    assertThat(many.data().imageSize()).isEqualTo(224);
    assertThat(many.training().batch()).isEqualTo(32);
    assertThat(many.training().epochs()).isEqualTo(10);
  }

  @Test
  void everyKindOfPhotographsHasARecipe() throws IOException {
    for (OutputKind kind : OutputKind.values()) {
      String name = PhotographSettings.recipe(kind);
      assertThat(PhotographSettings.isFor(name)).isTrue();
      List<String> settings = new PhotographSettings(240, 6, 375, false).overrides();
      String text = Files.readString(Path.of("../recipes/" + name + ".json"));
      ClassificationRecipe recipe = RecipeJson.read(text, settings, ClassificationRecipe.class);
      assertThat(recipe.name()).isEqualTo(name);
      assertThat(recipe.training().loss().outputs()).isEqualTo(kind);
      assertThat(recipe.training().batch()).isEqualTo(16);
      assertThat(new PhotographSettings(240, 1, 375, false).description(recipe))
          .startsWith("240 images of 1 " + (kind == OutputKind.NUMBERS ? "number" : "class") + ",");
    }
    assertThat(PhotographSettings.isFor("quickstart")).isFalse();
  }

  @Test
  void aGivenSizeIsOneThatTheOthersFit() throws IOException {
    PhotographSettings settings = new PhotographSettings(240, 6, 375, false, Optional.of(64));
    ClassificationRecipe small = recipe(settings);
    assertThat(small.data().imageSize()).isEqualTo(64);
    assertThat(small.data().evaluationAugmentation()).isEqualTo(Augmentation.centerCrop(73));
    assertThat(small.network().toString()).contains("CIFAR");
    assertThat(settings.description(small))
        .isEqualTo(
            "240 images of 6 classes, shorter side 375 pixels in the median. Settings that fit"
                + " them: 64×64 pixels, batch 16, 60 epochs, 20 % held out; --set changes them.");
  }

  @Test
  void trainedWeightsGetTheSizeThatTheyExpect() throws IOException {
    ClassificationRecipe tuned = recipe(new PhotographSettings(240, 6, 375, true));
    assertThat(tuned.data().imageSize()).isEqualTo(224);
    assertThat(tuned.training().epochs()).isEqualTo(30);
  }

  @Test
  void smallImagesAreNotEnlarged() throws IOException {
    assertThat(recipe(new PhotographSettings(50_000, 10, 32, false)).data().imageSize())
        .isEqualTo(32);
    assertThat(recipe(new PhotographSettings(50_000, 10, 180, false)).data().imageSize())
        .isEqualTo(160);
    assertThat(recipe(new PhotographSettings(100, 10, 8, false)).data().imageSize()).isEqualTo(32);
  }

  @Test
  void everyNumberOfImagesFillsABatch() throws IOException {
    for (int images = 2; images < 3000; images += images < 50 ? 1 : 97) {
      ClassificationRecipe recipe = recipe(new PhotographSettings(images, 2, 300, false));
      assertThat(recipe.training().batch()).isBetween(1, Math.max(1, images - 1));
    }
    assertThatThrownBy(() -> new PhotographSettings(1, 1, 300, false))
        .hasMessage("images: expected at least 2, but got 1.");
  }
}
