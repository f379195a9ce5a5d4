package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.ColourJitter;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with some unusable images, and unusable data sets. */
class DamagedImagesTest {
  private static final int SIZE = 8;
  private static final String DAMAGED = "class1/damaged.png";

  @TempDir Path temporary;

  private ClassificationRecipe recipe(Path folder, Optional<Path> evaluation) {
    DataRecipe data =
        new DataRecipe(
            new ImageFolder(folder),
            evaluation.map(ImageFolder::new),
            0.5,
            SIZE,
            Augmentation.randomResizedCrop(),
            ColourJitter.NONE,
            Augmentation.none(),
            0);
    return new ClassificationRecipe(
        "damaged",
        new TinyNetwork(2, false, 0),
        data,
        Bench.settings("{'steps': 9, 'batch': 4, 'evaluateEvery': 1}"));
  }

  /** Opens images as if they were too many to decode in advance. */
  private static PreparedClassification open(ClassificationRecipe recipe, Path folder)
      throws IOException {
    OpenSettings headers = OpenSettings.defaults().withValidation(Validation.HEADERS);
    return new PreparedClassification(
        recipe,
        new RecipeData(
            new ImageFolder(folder).open(headers), new ImageFolder(folder).open(headers)));
  }

  @Test
  void damagedImageIsReplacedAndResumingIsBitIdentical() throws IOException {
    Path folder = temporary.resolve("images");
    TestImages.folder(folder, 2, 4, 12, 12);
    byte[] damaged = TestImages.png(12, 12, 2);
    Arrays.fill(damaged, 60, damaged.length - 40, (byte) 0x55);
    TestImages.write(folder.resolve(DAMAGED), damaged);
    ClassificationRecipe recipe = recipe(folder, Optional.of(folder));
    Path whole = temporary.resolve("whole");
    Path broken = temporary.resolve("broken");
    try (PreparedClassification prepared = open(recipe, folder)) {
      TrainingOutcome outcome = new TrainingLoop(prepared.plan(whole), new RecordingLog()).run();
      assertThat(outcome.steps()).isEqualTo(9);
      assertThat(((ClassificationReview) outcome.last()).summary().images()).isEqualTo(8);
      assertThat(prepared.finish(whole, outcome).get(0))
          .startsWith("Images that could not be read and were replaced or skipped: 1 (" + DAMAGED);
    }
    try (PreparedClassification prepared = open(recipe, folder)) {
      assertThatThrownBy(
              () ->
                  new TrainingLoop(prepared.plan(broken), new RecordingLog().stoppingAfter(5))
                      .run())
          .isInstanceOf(RecordingLog.Stop.class);
      new TrainingLoop(prepared.plan(broken), new RecordingLog()).resume();
    }
    assertThat(Bench.variables(Bench.checkpoint(broken, 9)))
        .isEqualTo(Bench.variables(Bench.checkpoint(whole, 9)));
  }

  @Test
  void oneImageOfEachClassIsRejectedOrReported() throws IOException {
    Path folder = temporary.resolve("images");
    TestImages.folder(folder, 2, 1, 12, 12);
    ClassificationRecipe recipe = recipe(folder, Optional.empty());
    assertThatThrownBy(() -> PreparedClassification.open(recipe, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("holdOut: expected two or more images of a class")
        .hasMessageContaining("one of each of the 2 classes of " + folder);
    for (int i = 1; i < 8; i++) {
      TestImages.write(folder.resolve("class0/" + i + ".png"), TestImages.png(12, 12, i));
    }
    try (PreparedClassification prepared = PreparedClassification.open(recipe, false)) {
      assertThat(prepared.description())
          .contains("Classes without an image to evaluate: 1 of 2 (class1)");
    }
  }

  @Test
  void rejectsClassNamesThatCannotBeStored() throws IOException {
    for (String name : List.of("a\nb", "a\rb")) {
      Path folder = temporary.resolve("images" + name.length() + (int) name.charAt(1));
      TestImages.folder(folder, 2, 4, 12, 12);
      TestImages.write(folder.resolve(name).resolve("1.png"), TestImages.png(12, 12, 1));
      TestImages.write(folder.resolve(name).resolve("2.png"), TestImages.png(12, 12, 2));
      ClassificationRecipe recipe = recipe(folder, Optional.empty());
      String shown = name.replace("\n", "\\n").replace("\r", "\\r");
      assertThatThrownBy(() -> PreparedClassification.open(recipe, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "training: expected names without line breaks, but got '" + shown + "'.")
          .hasMessageContaining("rename it");
    }
  }
}
