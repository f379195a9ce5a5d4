package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.synthesis.loss.FeatureNetworks;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Tiny runs: networks of width 4 on images of noise. */
final class SynthesisTrial {

  private static final String RECIPE =
      "{'task': 'synthesis', 'name': 'tiny', 'network': {'size': 32, 'width': 4}, 'data': {},"
          + " 'training': {'batch': 4, 'steps': 4, 'averageBatches': 2, 'threads': 1,"
          + " 'intervals': {'checkpoint': 2, 'samples': 4, 'count': 5}}}";

  private SynthesisTrial() {}

  /** Remembers everything and can stop a run from inside. */
  static final class Log implements TrainingLog {
    final List<StepReport> steps = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    long stop = Long.MAX_VALUE;

    @Override
    public void step(StepReport report) {
      if (report.step() > stop) {
        throw new Stop();
      }
      steps.add(report);
    }

    @Override
    public void message(String text) {
      messages.add(text);
    }

    @Override
    public void close() {}
  }

  static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  static SynthesisRecipe recipe(Path images, String... overrides) {
    return SynthesisJson.read(RECIPE.replace('\'', '"'), List.of(overrides))
        .withImages(new ImageCollection(images));
  }

  /** Trains, or goes on where there is a run. */
  static SynthesisResult train(Path directory, SynthesisRecipe recipe, TrainingLog log)
      throws IOException {
    SynthesisRun run =
        SynthesisRun.isAt(directory)
            ? new SynthesisRun(directory, recipe)
            : SynthesisRun.create(directory, recipe);
    try (DataSet data = recipe.data().open(false);
        ImageDistance distance = recipe.training().distance().open(FeatureNetworks.none());
        SynthesisTrainer trainer = new SynthesisTrainer(run.plan(data, distance), log)) {
      return trainer.resume();
    }
  }

  static byte[] variables(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(step)));
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
