package example;

import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.recipe.Recipe;
import dev.recal.graphs.recipe.RecipeData;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.Trainer;
import dev.recal.graphs.training.TrainingResult;
import dev.recal.savedmodels.Predictor;
import dev.recal.tools.run.RunExport;
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
    Recipe recipe = RecipeJson.read(RECIPE, overrides);

    try (RecipeData images = RecipeData.open(recipe.data(), recipe.training().seed(), true)) {
      TrainingRun run = TrainingRun.create(directory, recipe, images);
      TrainingResult result;
      try (TrainingLogs log =
              TrainingLogs.inDirectory(directory, ConsoleLogs.choose(System.out, false));
          Trainer trainer = new Trainer(run.plan(images), log)) {
        result = trainer.run();
      }
      Path model = RunExport.write(run, result.bestCheckpoint(), directory.resolve("model"));

      Path picture = directory.resolve("picture.png");
      images.evaluation().writeImage(0, 32, picture);
      try (Predictor predictor = Predictor.open(model)) {
        predictor
            .classify(List.of(Files.readAllBytes(picture)), 3)
            .get(0)
            .forEach(best -> System.out.println(best.label() + " " + best.probability()));
      }
    }
  }
}
