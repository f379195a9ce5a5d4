package example;

import dev.recal.graphs.data.ImageFolder;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.metrics.ClassificationSummary;
import dev.recal.graphs.metrics.ConfusionTable;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.recipe.Recipe;
import dev.recal.graphs.recipe.RecipeData;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.StartingWeights;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.CheckpointEvaluation;
import dev.recal.graphs.training.Trainer;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.savedmodels.Predictor;
import dev.recal.tools.run.RunExport;
import dev.recal.tools.weights.WeightImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * FineTuneFolder NETWORK WEIGHTS IMAGES DIRECTORY [KEY=VALUE...]: fine-tunes a trained network on
 * the classes of a folder.
 *
 * <p>For example {@code resnet50 resnet50.safetensors flowers runs/flowers training.epochs=10}.
 */
public final class FineTuneFolder {

  // The stem and the first stage are frozen, including their statistics; deeper stages have
  // higher learning rates, and the new head has the full rate. A scope is a prefix of variable
  // names; 'recal profile NETWORK' lists them.
  private static final String RECIPE =
      """
      {
        "name": "fine-tuned",
        "network": "%s",
        "data": {
          "holdOut": 0.2,
          "imageSize": %d,
          "augmentation": "random-resized-crop",
          "evaluationAugmentation": {"type": "center-crop", "resize": 256}
        },
        "training": {
          "batch": 32,
          "epochs": 20,
          "learningRate": {"base": 0.02, "schedule": "cosine", "warmUpEpochs": 1},
          "transfer": {
            "frozen": ["stem", "stage1"],
            "rates": [
              {"scope": "stage2", "factor": 0.1},
              {"scope": "stage3", "factor": 0.3}
            ]
          }
        }
      }
      """;

  private FineTuneFolder() {}

  public static void main(String[] args) throws IOException {
    Networks.Preset network = Networks.preset(args[0]);
    Path weights = Path.of(args[1]);
    Path images = Path.of(args[2]);
    Path directory = Path.of(args[3]);
    List<String> overrides = Arrays.asList(args).subList(4, args.length);

    Path start = directory.resolve("start");
    Recipe recipe =
        RecipeJson.read(RECIPE.formatted(network.name(), network.imageSize()), overrides)
            .withImages(new ImageFolder(images))
            .withWeights(new StartingWeights(imported(weights, network, start), true));

    // The opened images define the number of classes; the run's network has a head for them.
    try (RecipeData data = RecipeData.open(recipe.data(), recipe.training().seed(), false)) {
      System.out.println("Training on " + data.training());
      data.skipped().forEach(file -> System.out.println("Skipped " + file));
      TrainingRun run = TrainingRun.create(directory.resolve("run"), recipe, data);
      Path best = train(run, data);
      evaluate(run, data, best);
      Path model = RunExport.write(run, best, directory.resolve("model"));
      predict(model, images.resolve(data.evaluation().itemName(0)));
    }
  }

  // A file of another library is imported; a run, imported weights or a checkpoint are used
  // directly.
  private static Path imported(Path weights, Networks.Preset network, Path directory)
      throws IOException {
    if (Files.isDirectory(weights)) {
      return weights;
    }
    StoredNetwork stored = WeightImport.whole(weights, network, directory);
    System.out.println(stored.description().origin());
    return stored.directory();
  }

  private static Path train(TrainingRun run, RecipeData data) throws IOException {
    try (TrainingLogs log =
            TrainingLogs.inDirectory(run.directory(), ConsoleLogs.choose(System.out, false));
        Trainer trainer = new Trainer(run.plan(data), log)) {
      return trainer.run().bestCheckpoint();
    }
  }

  private static void evaluate(TrainingRun run, RecipeData data, Path checkpoint)
      throws IOException {
    ClassificationSummary summary =
        CheckpointEvaluation.evaluate(
            run.recipe().network(),
            run.recipe().training(),
            data.evaluation(),
            run.evaluationInput(),
            checkpoint);
    System.out.println(ConfusionTable.render(summary.confusion(), run.labels()));
    System.out.printf(
        Locale.ROOT, "Top-1 %.1f %% of %d images%n", 100 * summary.top1(), summary.images());
  }

  private static void predict(Path model, Path picture) throws IOException {
    try (Predictor predictor = Predictor.open(model)) {
      System.out.println(picture);
      predictor
          .classify(List.of(Files.readAllBytes(picture)), 3)
          .get(0)
          .forEach(best -> System.out.println("  " + best.label() + " " + best.probability()));
    }
  }
}
