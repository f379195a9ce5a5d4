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
import java.util.Arrays;
import java.util.List;

/**
 * FirstProgram DIRECTORY [KEY=VALUE...]: trains SRM-ResNet-20, exports it and classifies an image.
 */
public final class FirstProgram {

  private static final String RECIPE =
      """
      {
        "name": "first",
        "network": "srm-resnet20-cifar",
        "data": {
          "training": {"type": "textures", "perClass": 200},
          "evaluation": {"type": "textures", "split": "test", "perClass": 20},
          "augmentation": "pad-crop-flip"
        },
        "training": {"batch": 50, "epochs": 3, "learningRate": {"warmUpEpochs": 1}}
      }
      """;

  private FirstProgram() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    List<String> overrides = Arrays.asList(args).subList(1, args.length);
    ClassificationRecipe recipe = RecipeJson.read(RECIPE, overrides, ClassificationRecipe.class);

    try (PreparedClassification training = new ClassificationTask().prepare(recipe, true)) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(directory, training);
      TrainingOutcome outcome = run.train(training, ConsoleLogs.choose(System.out, false));
      Path model = RunExport.write(run, outcome.checkpoint(), directory.resolve("model"));

      Path picture = directory.resolve("picture.png");
      training.data().evaluation().writeImage(0, 32, picture);
      try (Predictor predictor = Predictor.open(model)) {
        predictor
            .classify(List.of(Files.readAllBytes(picture)), 3)
            .get(0)
            .forEach(best -> System.out.println(best.label() + " " + best.probability()));
      }
    }
  }
}
