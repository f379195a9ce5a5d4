package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.optimisation.ConstantSchedule;
import dev.recal.graphs.optimisation.CosineSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.loss.Lpips;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.training.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SynthesisJsonTest {

  private static final String SHORT =
      "{'task': 'synthesis', 'name': 'few', 'network': {'size': 64, 'skip': 'sle'}, 'data': {},"
          + " 'training': {}}";

  private static SynthesisRecipe read(String json, String... overrides) {
    return RecipeJson.read(json.replace('\'', '"'), List.of(overrides), SynthesisRecipe.class);
  }

  @Test
  void shortFormIsThePublishedNetwork() {
    SynthesisRecipe recipe = read(SHORT);
    assertThat(recipe.network()).isEqualTo(FastGan.of(64, SkipKind.SLE));
    assertThat(recipe.training()).isEqualTo(SynthesisSettings.defaults());
    assertThat(recipe.data()).isEqualTo(SynthesisData.defaults());
  }

  @Test
  void roundTripsThroughAFile() {
    SynthesisRecipe recipe =
        read(SHORT, "network.skip=slim", "training.steps=7", "data.sampling=replacement")
            .withImages(new ImageCollection(Path.of("cats.zip"), "train/cat"));
    String text = RecipeJson.write(recipe);
    assertThat(RecipeJson.task(text)).isEqualTo("synthesis");
    assertThat(RecipeJson.read(text, List.of(), SynthesisRecipe.class)).isEqualTo(recipe);
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
    assertThat(changed.training().session().precision()).isEqualTo(Precision.BFLOAT16);
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
    SynthesisRecipe recipe = RecipeJson.read(text, List.of(), SynthesisRecipe.class);
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
  void invalidValuesAreNamed() {
    assertThatThrownBy(() -> read("{'task': 'synthesis', 'name': 'x'}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("network: expected an object, but got nothing.");
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

  @Test
  void aRateIsANumberOrASchedule() {
    UpdateSettings usual = SynthesisSettings.defaults().updates();
    assertThat(read(SHORT, "training.learningRate=1e-4").training().updates().learningRate())
        .isEqualTo(new LearningRate(1e-4, new ConstantSchedule(), 0, 0));
    String inFile = SHORT.replace("'training': {}", "'training': {'learningRate': 5e-4}");
    assertThat(read(inFile).training().updates().learningRate().base()).isEqualTo(5e-4);
    assertThat(
            read(SHORT, "training.learningRate.schedule=cosine", "training.clipNorm=1")
                .training()
                .updates())
        .isEqualTo(
            new UpdateSettings(
                usual.optimiser(),
                new LearningRate(2e-4, CosineSchedule.defaults(), 0, 0),
                usual.weightDecay(),
                Optional.of(1.0),
                usual.average(),
                50,
                1));
    assertThatThrownBy(() -> read(SHORT, "training.average=null"))
        .hasMessageContaining("average: expected a number between 0 and 1, but got none.");
  }
}
