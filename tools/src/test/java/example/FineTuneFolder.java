package example;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.StartingWeights;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.models.export.RunExport;
import dev.recal.models.weights.WeightImport;
import dev.recal.savedmodels.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

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
    ClassificationRecipe recipe =
        RecipeJson.read(
                RECIPE.formatted(network.name(), network.imageSize()),
                overrides,
                ClassificationRecipe.class)
            .withImages(new ImageFolder(images))
            .withWeights(new StartingWeights(imported(weights, network, start), true));

    // The opened images define the number of classes; the run's network has a head for them.
    try (PreparedClassification training = new ClassificationTask().prepare(recipe, false)) {
      training.description().forEach(System.out::println);
      training.skipped().forEach(file -> System.out.println("Skipped " + file));
      RunDirectory<ClassificationRecipe> run =
          RunDirectory.create(directory.resolve("run"), training);
      TrainingOutcome outcome = run.train(training, ConsoleLogs.choose(System.out, false));
      run.task().evaluate(run, EvaluationRequest.defaults()).text().forEach(System.out::println);
      Path model = RunExport.write(run, outcome.checkpoint(), directory.resolve("model"));
      predict(model, images.resolve(training.data().evaluation().itemName(0)));
    }
  }

  // A file of another library is imported; a run, imported weights or a checkpoint are used
  // directly.
  private static Path imported(Path weights, Networks.Preset network, Path directory)
      throws IOException {
    if (Files.isDirectory(weights)) {
      return weights;
    }
    StoredNetwork stored = WeightImport.importAll(weights, network, directory);
    System.out.println(stored.description().origin());
    return stored.directory();
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
