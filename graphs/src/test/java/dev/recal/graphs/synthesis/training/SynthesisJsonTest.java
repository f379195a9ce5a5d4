package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.ImageCollection;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.loss.Lpips;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.training.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SynthesisJsonTest {

  private static final String SHORT =
      "{'task': 'synthesis', 'name': 'few', 'network': {'size': 64, 'skip': 'sle'}, 'data': {},"
          + " 'training': {}}";

  private static SynthesisRecipe read(String json, String... overrides) {
    return SynthesisJson.read(json.replace('\'', '"'), List.of(overrides));
  }

  @Test
  void aShortNetworkIsThePublishedOne() {
    SynthesisRecipe recipe = read(SHORT);
    assertThat(recipe.network()).isEqualTo(FastGan.of(64, SkipKind.SLE));
    assertThat(recipe.training()).isEqualTo(SynthesisSettings.defaults());
    assertThat(recipe.data()).isEqualTo(SynthesisData.defaults());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    SynthesisRecipe recipe =
        read(SHORT, "network.skip=slim", "training.steps=7", "data.sampling=replacement")
            .withImages(new ImageCollection(Path.of("cats.zip"), "train/cat"));
    String text = SynthesisJson.write(recipe);
    assertThat(SynthesisJson.isOne(text)).isTrue();
    assertThat(SynthesisJson.read(text, List.of())).isEqualTo(recipe);
  }

  @Test
  void overridesChangeTheShortAndTheWrittenForm() {
    assertThat(read(SHORT, "network.size=128", "network.width=16", "network.skip=none").network())
        .isEqualTo(FastGan.of(128, SkipKind.NONE).width(16));
    SynthesisRecipe changed =
        read(
            SHORT,
            "training.precision=bfloat16",
            "training.distance.type=lpips",
            "training.distance.model=vgg",
            "network.generator.tanh=true");
    assertThat(changed.training().precision()).isEqualTo(Precision.BFLOAT16);
    assertThat(changed.training().distance()).isEqualTo(new Lpips(Path.of("vgg")));
    assertThat(changed.network().generator().tanh()).isTrue();
    assertThat(read(SHORT, "training.distance.seed=4").training().distance())
        .isEqualTo(new RandomFeatures(4));
  }

  @ParameterizedTest
  @EnumSource(
      value = SkipKind.class,
      names = {"SLE", "SLIM"})
  void recipesThatShipAreThePublishedOnes(SkipKind kind) throws IOException {
    String name = "fewshot-" + kind.name().toLowerCase(Locale.ROOT);
    String text = Files.readString(Path.of("..", "recipes", name + ".json"));
    SynthesisRecipe recipe = SynthesisJson.read(text, List.of());
    assertThat(recipe.name()).isEqualTo(name);
    assertThat(recipe.network()).isEqualTo(FastGan.of(256, kind));
    assertThat(recipe.training())
        .isEqualTo(SynthesisSettings.defaults().with(8, Precision.BFLOAT16));
    assertThat(recipe.data()).isEqualTo(SynthesisData.defaults());
  }

  @Test
  void pathsStartAtADirectory() {
    SynthesisRecipe recipe =
        read(SHORT, "training.distance.type=lpips", "training.distance.model=vgg")
            .at(Path.of("/base"));
    assertThat(recipe.data().images()).isEqualTo(new ImageCollection(Path.of("/base/images")));
    assertThat(recipe.training().distance()).isEqualTo(new Lpips(Path.of("/base/vgg")));
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> read("{'name': 'x'}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"task\": \"synthesis\"");
    assertThatThrownBy(() -> read(SHORT, "network.size=100"))
        .hasMessageContaining("size: expected a power of two from 32 to 1024, but got 100.");
    assertThatThrownBy(() -> read(SHORT, "network.width=0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("width");
    assertThatThrownBy(() -> read(SHORT, "training.stepps=4"))
        .hasMessageContaining("training.stepps: there is no such key. Did you mean 'steps'?");
    assertThatThrownBy(() -> read(SHORT, "training.accumulation=3"))
        .hasMessageContaining("accumulation: expected a divisor of the batch 8, but got 3.");
  }
}
