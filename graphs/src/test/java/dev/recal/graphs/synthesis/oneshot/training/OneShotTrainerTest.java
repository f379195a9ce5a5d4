package dev.recal.graphs.synthesis.oneshot.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.ops.checkpoint.CheckpointIndex;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a tiny pyramid: width 4, two scales of 14×18 pixels. */
class OneShotTrainerTest {

  private static final String RECIPE =
      "{'task': 'one-shot', 'name': 'tiny', 'network': {'skip': 'none', 'width': 4},"
          + " 'pyramid': {'minSize': 14},"
          + " 'training': {'steps': 3, 'criticSteps': 1, 'generatorSteps': 1, 'threads': 1,"
          + " 'intervals': {'checkpoint': 1, 'samples': 3, 'count': 2}}}";

  @TempDir private Path directory;

  @Test
  void runStoppedInsideAScaleResumesBitIdentically() throws IOException {
    OneShotRecipe recipe = recipe(photo());
    Path whole = directory.resolve("whole");
    Path broken = directory.resolve("broken");
    RecordingLog log = new RecordingLog().copying(5, whole, broken);
    train(whole, recipe, log);

    // A later scale's first step depends on the number of steps.
    assertThatThrownBy(() -> train(broken, recipe(photo(), "training.steps=9"), new RecordingLog()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is of step 4, which is not step 1 of stage 2");

    RecordingLog resumeLog = new RecordingLog();
    train(broken, recipe, resumeLog);

    assertThat(resumeLog.messages).anyMatch(text -> text.contains("Resuming from"));
    assertThat(resumeLog.steps).hasSizeLessThan(3);
    assertThat(variables(broken, 6)).isEqualTo(variables(whole, 6));
    assertThat(log.steps).hasSize(6);
    assertThat(log.messages)
        .anyMatch(text -> text.startsWith("Scale 1 of 2: 18×14, generator "))
        .anyMatch(text -> text.endsWith(", starting from the scale below"));
    // The last checkpoint holds the whole pyramid, and one critic.
    assertThat(names(whole, 6))
        .contains(
            "image",
            "noise",
            "scale0/generator/tail/kernel",
            "scale1/generator/body1/bn/moving_mean",
            "scale1/amplitude",
            "scale1/previous",
            "critic/tail/kernel")
        .noneMatch(name -> name.startsWith("optimiser/scale0/"));
    for (String kind : List.of("samples", "reconstructions")) {
      assertThat(whole.resolve(kind).resolve("scale-01-step-000000006.png")).exists();
    }
  }

  @Test
  void divergenceEndsTheRunWithSoundCheckpoints() throws IOException {
    OneShotRecipe recipe = recipe(photo(), "training.learningRate.base=1e30");
    Path run = directory.resolve("run");

    assertThatThrownBy(() -> train(run, recipe, new RecordingLog()))
        .isInstanceOf(DivergenceException.class)
        .hasMessageContaining("Training diverged at step");
    assertThat(run.resolve("checkpoints/step-000000000")).isDirectory();
  }

  @Test
  void namesImagesWithOneColour() throws IOException {
    Path file = directory.resolve("plain.png");
    BufferedImage plain = new BufferedImage(30, 30, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(plain, "png", file.toFile());

    assertThatThrownBy(() -> PreparedOneShot.open(recipe(file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all pixels of " + file + " have the same one.");
  }

  private OneShotRecipe recipe(Path image, String... overrides) {
    return RecipeJson.read(RECIPE.replace('\'', '"'), Arrays.asList(overrides), OneShotRecipe.class)
        .withData(new OneShotData(image.toString()));
  }

  private Path photo() throws IOException {
    BufferedImage image = new BufferedImage(18, 14, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 14; y++) {
      for (int x = 0; x < 18; x++) {
        image.setRGB(x, y, Color.HSBtoRGB(x / 18f, 0.5f, (y % 5) / 5f));
      }
    }
    Path file = directory.resolve("photo.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static void train(Path run, OneShotRecipe recipe, RecordingLog log) throws IOException {
    try (PreparedOneShot prepared = PreparedOneShot.open(recipe)) {
      new TrainingLoop(prepared.plan(run), log).resume();
    }
  }

  private static byte[] variables(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(step)));
  }

  private static Set<String> names(Path run, long step) throws IOException {
    Path checkpoint = run.resolve("checkpoints/step-%09d".formatted(step));
    return CheckpointIndex.read(CheckpointDirectory.variables(checkpoint)).tensors().keySet();
  }
}
