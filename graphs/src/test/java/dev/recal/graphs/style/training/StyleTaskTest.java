package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.ops.ServableSignature;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;

/** Runs of tiny style networks on textures. */
class StyleTaskTest {

  static final String TINY =
      """
      {'task': 'style', 'name': 'tiny',
       'network': {'width': 4, 'blocks': 1, 'norm': 'batch'},
       'style': {'type': 'texture', 'kind': 3, 'size': 32},
       'data': {'training': {'type': 'textures', 'perClass': 1, 'size': 32},
         'evaluation': {'type': 'textures', 'split': 'test', 'perClass': 1, 'size': 32},
         'size': 24, 'augmentation': 'none'},
       'loss': {'totalVariation': 1e-6},
       'training': {'batch': 2, 'steps': 4, 'threads': 1,
         'intervals': {'checkpoint': 1, 'keep': 9, 'review': 2, 'measured': 4}}}
      """;

  @TempDir private Path directory;

  @Test
  void brokenRunResumesBitIdentically() throws IOException {
    Path whole = directory.resolve("whole");
    Path broken = directory.resolve("broken");
    train(whole, recipe());
    train(broken, recipe("training.steps=3"));
    train(broken, recipe());

    assertThat(variables(broken, 4)).isEqualTo(variables(whole, 4));
    assertThat(variables(whole, 4)).isNotEqualTo(variables(whole, 3));
    assertThat(whole.resolve("stylized/step-000000004.png")).exists();
  }

  @Test
  void trainingLowersTheLossOfHeldOutImages() throws IOException {
    String once = "training.intervals.checkpoint=60";
    StyleSummary early = lossesAfter("training.steps=1", once);
    StyleSummary late = lossesAfter("training.steps=60", once, "training.learningRate.base=0.02");
    assertThat(late.images()).isEqualTo(4);
    assertThat(late.style()).isLessThan(0.5 * early.style());
  }

  private StyleSummary lossesAfter(String... overrides) throws IOException {
    StyleRecipe recipe = recipe(overrides);
    StyleRecipe changed = recipe.withNetwork(recipe.network().with(StyleNorm.IN));
    try (PreparedStyle prepared = PreparedStyle.open(changed, true)) {
      Path run = directory.resolve("run-" + overrides[0]);
      return (StyleSummary)
          new TrainingLoop(prepared.plan(run), new TrainingLog.Silent()).resume().last();
    }
  }

  @Test
  void runsAreExportedForImagesOfAnySize() throws IOException {
    Path run = directory.resolve("run");
    try (PreparedStyle prepared = PreparedStyle.open(recipe("training.steps=1"), true)) {
      RunDirectory.create(run, prepared).train(prepared, new TrainingLog.Silent());
    }
    RunDirectory<StyleRecipe> opened = RunDirectory.open(run, StyleRecipe.class);
    try (Graph graph = new Graph()) {
      ServableModel model = new StyleTask().servable(graph, opened, false);
      assertThat(model.servable().signatures())
          .extracting(ServableSignature::key)
          .containsExactly("serving_default", "stylize", "stylize_bytes");
      assertThat(model.metadata().get("lossNetwork").getAsString()).contains("random features");
    }
  }

  @Test
  void anotherStyleIsNotResumed() throws IOException {
    Path run = directory.resolve("run");
    train(run, recipe("training.steps=1"));
    assertThatThrownBy(() -> train(run, recipe("style.kind=4")))
        .hasMessageContaining("in the style of");
  }

  @Test
  void missingMapIsNamed() {
    StyleRecipe recipe = recipe("loss.content=[{\"map\": \"relu5_3\", \"weight\": 1}]");
    assertThatThrownBy(() -> PreparedStyle.open(recipe, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "map: expected a map of random features of seed 1 in place of VGG-16 (relu1_2,"
                + " relu2_2, relu3_3, relu4_3), but got relu5_3.");
  }

  @Test
  void styleFileIsResizedByItsLongerSide() throws IOException {
    Path file = directory.resolve("style.png");
    PngFiles.write(file, () -> new BufferedImage(100, 60, BufferedImage.TYPE_INT_RGB));
    StylePixels own = new FileStyleImage(file, Optional.of(50)).read();
    assertThat(own.width()).isEqualTo(50);
    assertThat(own.height()).isEqualTo(30);
  }

  private static StyleRecipe recipe(String... overrides) {
    return RecipeJson.read(TINY.replace('\'', '"'), Arrays.asList(overrides), StyleRecipe.class);
  }

  private static void train(Path run, StyleRecipe recipe) throws IOException {
    try (PreparedStyle prepared = PreparedStyle.open(recipe, true)) {
      new TrainingLoop(prepared.plan(run), new TrainingLog.Silent()).resume();
    }
  }

  private static byte[] variables(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(step)));
  }
}
