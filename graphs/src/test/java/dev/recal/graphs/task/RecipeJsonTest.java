package dev.recal.graphs.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.source.CifarBinary;
import dev.recal.graphs.data.source.ImageArchive;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.source.TfRecords;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.optimisation.AdamW;
import dev.recal.graphs.optimisation.CosineSchedule;
import dev.recal.graphs.optimisation.PolynomialSchedule;
import dev.recal.graphs.optimisation.Sgd;
import dev.recal.graphs.optimisation.StepSchedule;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.training.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeJsonTest {

  private static final String SMALL =
      """
      {"name": "small", "network": "srm-resnet20-cifar",
       "data": {"training": "textures", "evaluation": {"type": "textures", "split": "test"}},
       "training": {"learningRate": {"base": 0.2, "schedule": "cosine"}}}
      """;

  private static ClassificationRecipe set(String... overrides) {
    return RecipeJson.read(SMALL, List.of(overrides), ClassificationRecipe.class);
  }

  static Stream<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../recipes"))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".json")).toList();
      assertThat(found).isNotEmpty();
      return found.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyShippedRecipeRoundTrips(Path file) {
    Recipe recipe = RecipeJson.read(text(file), List.of());

    assertThat(file.getFileName()).hasToString(recipe.name() + ".json");
    assertThat(RecipeJson.read(RecipeJson.write(recipe), List.of())).isEqualTo(recipe);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void keepRatioMayOmitSettings() {
    ClassificationRecipe recipe =
        set(
            "data.augmentation={\"type\": \"keep-ratio\", \"shorter\": 64, \"minShorter\": 48}",
            "data.evaluationAugmentation={\"type\": \"keep-ratio\", \"flip\": false}");
    assertThat(recipe.data().augmentation())
        .isEqualTo(new Augmentation.KeepRatio(64, 1333, true, true, Optional.of(48)));
    assertThat(recipe.data().evaluationAugmentation())
        .isEqualTo(Augmentation.KeepRatio.defaults().forEvaluation());
  }

  @Test
  void allSettingsRoundTrip() {
    ClassificationRecipe recipe =
        set(
            "name=all-set",
            "network={\"preset\": \"se-resnet50-v1d\", \"classes\": 7}",
            "data.training={\"type\": \"image-folder\", \"root\": \"photos\"}",
            "data.evaluation=null",
            "data.augmentation={\"type\": \"random-resized-crop\"}",
            "data.evaluationAugmentation={\"type\": \"center-crop\", \"resize\": 64}",
            "data.imageSize=56",
            "data.jitter.brightness=0.25",
            "training.batch=64",
            "training.steps=1000",
            "training.optimiser=adam-w",
            "training.learningRate.schedule={\"type\": \"step\", \"epochs\": [30, 60.5],"
                + " \"factor\": 0.1}",
            "training.weightDecay.scope=kernels",
            "training.clipNorm=1.5",
            "training.average=0.999",
            "training.accumulation=4",
            "training.mixup=0.2",
            "training.cutmix=1",
            "training.classWeights={\"type\": \"given\", \"classes\": [{\"name\": \"a\","
                + " \"weight\": 2}]}",
            "training.patience=3",
            "training.minDelta=0.01",
            "data.sampling=balanced",
            "data.randAugment={\"magnitude\": 5}",
            "data.randomErasing={\"fill\": \"mean\"}",
            "data.views={\"corners\": true}",
            "training.precision=bfloat16",
            "training.checkpoints.keep=5",
            "training.seed=-3");

    assertThat(recipe.name()).isEqualTo("all-set");
    assertThat(recipe.network().withClasses(1000))
        .isEqualTo(Networks.named("se-resnet50-v1d").withClasses(1000));
    assertThat(recipe.network().classes()).isEqualTo(7);
    assertThat(recipe.data().evaluation()).isEmpty();
    assertThat(recipe.data().jitter().brightness()).isEqualTo(0.25f);
    assertThat(recipe.data().evaluationAugmentation()).isEqualTo(new Augmentation.CenterCrop(64));
    assertThat(recipe.training().steps()).contains(1000L);
    assertThat(recipe.training().updates().optimiser()).isEqualTo(AdamW.defaults());
    assertThat(recipe.training().updates().learningRate().base()).isEqualTo(0.2);
    assertThat(recipe.training().updates().learningRate().schedule())
        .isEqualTo(new StepSchedule(List.of(30.0, 60.5), 0.1));
    assertThat(recipe.training().updates().weightDecay().scope())
        .isEqualTo(WeightDecay.Scope.KERNELS);
    assertThat(recipe.training().session().precision()).isEqualTo(Precision.BFLOAT16);
    assertThat(recipe.training().microBatch()).isEqualTo(16);
    assertThat(recipe.training().checkpoints().keep()).isEqualTo(5);
    assertThat(recipe.training().session().seed()).isEqualTo(-3);
    assertThat(RecipeJson.read(RecipeJson.write(recipe), List.of())).isEqualTo(recipe);
  }

  @Test
  void overrideInsideBareTypeNameKeepsTheType() {
    assertThat(
            set("training.learningRate.schedule.end=0.25")
                .training()
                .updates()
                .learningRate()
                .schedule())
        .isEqualTo(new CosineSchedule(0.25));
    assertThat(
            set(
                    "training.learningRate.schedule=polynomial",
                    "training.learningRate.schedule.power=2")
                .training()
                .updates()
                .learningRate()
                .schedule())
        .isEqualTo(new PolynomialSchedule(2, 0));
    assertThat(set("training.optimiser=sgd", "training.optimiser.nesterov=true").training())
        .extracting(training -> training.updates().optimiser())
        .isEqualTo(new Sgd(0.9, true));
    assertThat(set("network.width=8", "network.classes=3").network().classes()).isEqualTo(3);
    assertThat(((ResNet) set("network=resnet20-cifar").network()).settings().recalibration())
        .isEmpty();
    assertThat(set("data.training.perClass=7").data().training())
        .hasFieldOrPropertyWithValue("perClass", 7);
  }

  @Test
  void theRecipeOfAModelIsNamedWithTheModel() {
    JsonObject recipe = RecipeJson.object(set());
    Path model = Path.of("model/1");
    assertThat(RecipeJson.ofModel(recipe, model, ClassificationRecipe.class)).isEqualTo(set());
    recipe.addProperty("nmae", "x");
    assertThatThrownBy(() -> RecipeJson.ofModel(recipe, model, ClassificationRecipe.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "model: the recipe of " + model + " cannot be used: nmae: there is no such key.");
  }

  @Test
  void tooManyKeysAreRefused() {
    assertThatThrownBy(() -> set("a.".repeat(60_000) + "b=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("set: expected at most 50 keys joined by dots, but got 60001.");
  }

  @Test
  void laterOverridesWin() {
    assertThat(set("training.batch=32", "training.batch=16").training().batch()).isEqualTo(16);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "training.bach=3 | training.bach: there is no such key. Did you mean 'batch'?",
        "trainig.batch=3 | trainig: there is no such key. Did you mean 'training'?",
        "network.widht=3 | network.widht: there is no such key. Did you mean 'width'?",
        "training.optimiser=adam-x | training.optimiser: there is no 'adam-x'. Did you mean"
            + " 'adam-w'?",
        "training.batch=many | training.batch: expected a whole number, but got \"many\".",
        "training.batch=1.5 | training.batch: expected a whole number, but got 1.5.",
        "training.batch=null | training.batch: expected a whole number, but got nothing.",
        "training.batch= | training.batch: expected a whole number, but got \"\".",
        "training.batch.size=3 | training.batch: expected a whole number, but got {\"size\":3}.",
        "training.batch=0 | training: batch: expected at least 1, but got 0.",
        "training.learningRate.base=-1 | training.learningRate: base: expected a positive number,"
            + " but got -1.0.",
        "training.precision=float8 | training.precision: there is no 'float8'.",
        "data.holdOut=2 | data: holdOut: expected more than 0 and less than 1, but got 2.0.",
        "network=resnet21-cifar | there is no network 'resnet21-cifar'",
        "network={\"preset\": 5} | network.preset: expected the name of a network, but got 5.",
        "network={\"preset\": {}} | network.preset: expected the name of a network, but got {}.",
        "network=null | network: expected an object, but got nothing.",
        "name=../up | name: expected letters, digits, '.', '_' and '-', but got '../up'.",
        "training.batch | set: expected key=value, but got 'training.batch'.",
        "=3 | set: expected key=value, but got '=3'.",
        ".=3 | set: expected keys joined by single dots, but got '.=3'.",
        "training.=3 | set: expected keys joined by single dots, but got 'training.=3'.",
        "training..batch=3 | set: expected keys joined by single dots, but got"
            + " 'training..batch=3'.",
      })
  void invalidValuesAreNamedInFull(String override, String message) {
    assertThatThrownBy(() -> set(override))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "\"text\"", "{", "{\"name\": \"x\"}", "{} {}"})
  void rejectsTextThatIsNotARecipe(String text) {
    assertThatThrownBy(() -> RecipeJson.read(text, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank();
  }

  @Test
  void relativePathsBecomeAbsolute() {
    Path base = Path.of("some/where");
    Path absolute = base.toAbsolutePath();
    ClassificationRecipe folder =
        set(
            "data.training={\"type\": \"image-folder\", \"root\": \"../photos\"}",
            "data.evaluation={\"type\": \"image-archive\", \"file\": \"test.zip\"}");
    ClassificationRecipe records =
        set(
            "data.training={\"type\": \"tf-records\", \"files\": [\"a.tfrecord\","
                + " \"/data/b.tfrecord\"]}",
            "data.evaluation={\"type\": \"cifar-binary\", \"files\": [\"c.bin\"],"
                + " \"labels\": \"cifar10\"}");

    assertThat(folder.at(base).data().training())
        .isEqualTo(new ImageFolder(absolute.resolveSibling("photos")));
    assertThat(folder.at(base).data().evaluation())
        .contains(new ImageArchive(absolute.resolve("test.zip")));
    assertThat(((TfRecords) records.at(base).data().training()).files())
        .containsExactly(absolute.resolve("a.tfrecord"), Path.of("/data/b.tfrecord"));
    assertThat(((CifarBinary) records.at(base).data().evaluation().orElseThrow()).files())
        .containsExactly(absolute.resolve("c.bin"));
    assertThat(RecipeJson.read(RecipeJson.write(records.at(base)), List.of()))
        .isEqualTo(records.at(base));
  }
}
