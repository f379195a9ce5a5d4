package example;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.models.export.RunExport;
import dev.recal.savedmodels.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Consumer DIRECTORY: trains a small network for two steps, exports it and classifies an image. */
public final class Consumer {

  private static final String RECIPE =
      """
      {
        "name": "consumer",
        "network": {"preset": "srm-resnet20-cifar", "width": 0.25, "repeats": [1, 1, 1]},
        "data": {
          "training": {"type": "textures", "perClass": 4},
          "evaluation": {"type": "textures", "split": "test", "perClass": 1}
        },
        "training": {"batch": 10, "steps": 2}
      }
      """;

  private Consumer() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    ClassificationRecipe recipe = RecipeJson.read(RECIPE, List.of(), ClassificationRecipe.class);
    try (PreparedClassification training = new ClassificationTask().prepare(recipe, true)) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(directory, training);
      TrainingOutcome outcome = run.train(training, ConsoleLogs.choose(System.out, false));
      Path model = RunExport.write(run, outcome.checkpoint(), directory.resolve("model"));
      Path picture = directory.resolve("picture.png");
      training.data().evaluation().writeImage(0, 32, picture);
      try (Predictor predictor = Predictor.open(model)) {
        predictor
            .classify(List.of(Files.readAllBytes(picture)), 1)
            .get(0)
            .forEach(best -> System.out.println("answer: " + best.label()));
      }
    }
  }
}
