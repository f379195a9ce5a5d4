package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.ops.checkpoint.CheckpointIndex;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Tiny runs: networks of width 4 on images of noise, without skips, which double the graph. */
final class SynthesisTrial {

  private static final String RECIPE =
      "{'task': 'synthesis', 'name': 'tiny', 'data': {},"
          + " 'network': {'size': 32, 'width': 4, 'skip': 'none'},"
          + " 'training': {'batch': 4, 'steps': 4, 'averageBatches': 2, 'threads': 1,"
          + " 'intervals': {'checkpoint': 2, 'samples': 4, 'count': 5}}}";

  private SynthesisTrial() {}

  static SynthesisRecipe recipe(Path images, String... overrides) {
    return RecipeJson.read(RECIPE.replace('\'', '"'), List.of(overrides), SynthesisRecipe.class)
        .withImages(new ImageCollection(images));
  }

  /** Trains, or resumes where there is a run. */
  static TrainingOutcome train(Path directory, SynthesisRecipe recipe, TrainingLog log)
      throws IOException {
    try (PreparedSynthesis prepared = PreparedSynthesis.open(recipe, false)) {
      return new TrainingLoop(prepared.plan(directory), log).resume();
    }
  }

  static byte[] variables(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(step)));
  }

  /** Returns the names of all variables in a checkpoint. */
  static List<String> names(Path run, long step) throws IOException {
    Path checkpoint = run.resolve("checkpoints/step-%09d".formatted(step));
    return List.copyOf(
        CheckpointIndex.read(CheckpointDirectory.variables(checkpoint)).tensors().keySet());
  }

  /** Writes images of noise. */
  static Path images(Path folder, int count, int height, int width) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      ImageIO.write(
          image(height, width, BufferedImage.TYPE_INT_RGB, i),
          "png",
          folder.resolve(i + ".png").toFile());
    }
    return folder;
  }

  static BufferedImage image(int height, int width, int type, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }
}
