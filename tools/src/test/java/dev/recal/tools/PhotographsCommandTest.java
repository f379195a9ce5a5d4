package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.Recipe;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.RecipeImages;
import dev.recal.tools.run.Recipes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --images}: from a folder to a judged run, and to a learning rate. */
class PhotographsCommandTest {
  @TempDir private static Path directory;

  private static Path photographs;

  @BeforeAll
  static void writePhotographs() throws IOException {
    photographs = directory.resolve("photographs");
    Random random = new Random(3);
    for (String name : List.of("dark", "light")) {
      Files.createDirectories(photographs.resolve(name));
      for (int i = 0; i < (name.equals("dark") ? 20 : 8); i++) {
        BufferedImage image = new BufferedImage(44, 40, BufferedImage.TYPE_INT_RGB);
        for (int place = 0; place < 44 * 40; place++) {
          int grey = random.nextInt(90) + (name.equals("dark") ? 0 : 160);
          image.setRGB(place % 44, place / 44, grey << 16 | grey << 8 | grey);
        }
        ImageIO.write(image, "png", photographs.resolve(name + "/" + i + ".png").toFile());
      }
    }
  }

  private static Recipe recipe(String name) throws IOException {
    List<String> notices = new ArrayList<>();
    List<String> settings =
        new RecipeImages(photographs).settings(name, List.of(), false, notices::add);
    return Recipes.read(name, settings);
  }

  @Test
  void recipesOfOtherTasksTakeImagesToo() throws IOException {
    ClassificationRecipe fitted = (ClassificationRecipe) recipe("../recipes/quickstart.json");
    assertThat(fitted.data().training().toString()).contains(photographs.toString());
    assertThat(fitted.data().evaluation()).isEmpty();
    assertThat(fitted.training().batch()).isEqualTo(128);
    SynthesisRecipe generator = (SynthesisRecipe) recipe("../recipes/fewshot-sle.json");
    assertThat(generator.data().images().toString()).contains(photographs.toString());
    assertThat(recipe("../recipes/style-johnson.json").toString()).contains(photographs.toString());
    assertThatThrownBy(() -> recipe("../recipes/scenes-mask-rcnn.json"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--images: expected a recipe that trains on images alone");
  }

  @Test
  void classesAndNumbersOfAFileHaveTheirOwnRecipesAndKeepALossThatFits() throws IOException {
    Path labels = Files.writeString(directory.resolve("labels.csv"), "file,bright\ndark/0.png,0\n");
    RecipeImages several = new RecipeImages(photographs, Optional.of(labels), Optional.empty());
    assertThat(several.usualRecipe()).isEqualTo("photographs-several-classes");
    assertThat(new RecipeImages(photographs).usualRecipe()).isEqualTo("photographs");
    assertThat(settings(several, "../recipes/photographs.json"))
        .contains("training.loss=binary-cross-entropy", "training.labelSmoothing=0");
    assertThat(settings(several, "../recipes/photographs-numbers.json"))
        .contains("training.loss=binary-cross-entropy");
    Path own = directory.resolve("own.json");
    Files.writeString(
        own,
        Files.readString(Path.of("../recipes/photographs-several-classes.json"))
            .replace("binary-cross-entropy", "binary-focal"));
    assertThat(settings(several, own.toString()).toString())
        .contains("image-labels")
        .doesNotContain("training.");
  }

  private static List<String> settings(RecipeImages images, String recipe) throws IOException {
    return images.settings(recipe, List.of(), false, notice -> {});
  }

  @Test
  void aTrainingEndsWithAJudgementAndEvaluatesViews() throws IOException {
    Path run = directory.resolve("run");
    CommandResult trained =
        CommandResult.of(
            "train",
            "../recipes/photographs.json",
            "--images",
            photographs.toString(),
            "--out",
            run.toString(),
            "--plain",
            "--set",
            "network={\"preset\":\"resnet20-cifar\",\"channels\":4,\"repeats\":[1,1,1]}",
            "--set",
            "data.imageSize=16",
            "--set",
            "data.sampling=balanced",
            "--set",
            "data.randAugment={}",
            "--set",
            "training.batch=6",
            "--set",
            "training.epochs=4",
            "--set",
            "training.cutmix=1");
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(Files.readString(run.resolve("judgement.json")))
        .contains("\"verdict\"", "always answering 'dark'", "dark 18 + 2", "\"next\"");
    // Sampling is balanced: so is what chooses the best checkpoint.
    assertThat(Files.readString(run.resolve("metrics.jsonl"))).contains("balancedAccuracy");
    CommandResult evaluated =
        CommandResult.of("evaluate", run.toString(), "--views", "flip,corners");
    assertThat(evaluated.exit()).as(evaluated.err()).isZero();
    assertThat(evaluated.out()).contains("Balanced accuracy");
    assertThat(CommandResult.of("evaluate", run.toString(), "--json").out())
        .contains("\"judgement\"", "\"verdict\"");
    assertThat(CommandResult.of("evaluate", run.toString(), "--views", "up").exit()).isEqualTo(2);
  }

  @Test
  void aLearningRateIsFoundWithoutARun() throws IOException {
    Path out = directory.resolve("rates");
    CommandResult found =
        CommandResult.of(
            "train",
            "../recipes/quickstart.json",
            "--images",
            photographs.toString(),
            "--find-learning-rate",
            "--out",
            out.toString(),
            "--set",
            "network={\"preset\":\"resnet20-cifar\",\"channels\":4,\"repeats\":[1,1,1]}",
            "--set",
            "data.imageSize=16",
            "--set",
            "training.batch=8");
    assertThat(found.exit()).as(found.err()).isZero();
    assertThat(out).isDirectoryContaining("glob:**learning-rate.csv");
    assertThat(out.toFile().list()).hasSize(2);
    assertThat(Files.readAllLines(out.resolve("learning-rate.csv"))).hasSizeGreaterThan(20);
  }
}
