package dev.recal.tools.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.recipe.DataRecipe;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.serving.ClassifierServable;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointSummary;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;

/** Writes a run's weights as a SavedModel. */
public final class RunExport {

  private static final int GOLDEN_IMAGES = 2;

  private RunExport() {}

  /**
   * Exports a checkpoint: with averaged weights the averages, otherwise the weights.
   *
   * @param checkpoint one of the run's
   * @param target {@code MODEL} or {@code MODEL/VERSION}
   * @return the directory of the version that was written
   * @throws FailureException if the checkpoint does not fit the recipe
   */
  public static Path write(TrainingRun run, Path checkpoint, Path target) throws IOException {
    DataRecipe data = run.recipe().data();
    int size = data.imageSize();
    CheckpointSummary summary = CheckpointDirectory.describe(checkpoint);
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(
              graph,
              run.recipe().network(),
              run.labels(),
              data.evaluationAugmentation(),
              size,
              size);
      String scope = run.recipe().training().average().isPresent() ? AveragedWeights.SCOPE : "";
      Saver saver =
          Saver.add(
              GraphScope.ops(graph),
              "checkpoint",
              servable.store().all(),
              variable -> scope + variable.name());
      try (Session session = new Session(graph)) {
        restore(saver, session, checkpoint);
        return new SavedModelWriter(metadata(run, checkpoint, summary), golden(size))
            .write(servable, session, target);
      }
    }
  }

  private static void restore(Saver saver, Session session, Path checkpoint) {
    try {
      saver.restore(session, CheckpointDirectory.variables(checkpoint));
    } catch (TensorFlowException | IllegalArgumentException failure) {
      throw new FailureException(
          "The checkpoint "
              + checkpoint
              + " does not hold the recipe's network: "
              + failure.getMessage(),
          failure);
    }
  }

  private static JsonObject metadata(TrainingRun run, Path checkpoint, CheckpointSummary summary) {
    int size = run.recipe().data().imageSize();
    Profile profile = Profiler.of(run.recipe().network(), size, size);
    JsonObject json = new JsonObject();
    json.add("recipe", JsonParser.parseString(RecipeJson.write(run.recipe())));
    json.addProperty("seed", summary.seed());
    json.addProperty("dataDigest", summary.dataDigest());
    json.addProperty("checkpoint", checkpoint.getFileName().toString());
    json.addProperty("step", summary.step());
    JsonObject metrics = new JsonObject();
    summary.accuracy().ifPresent(accuracy -> metrics.addProperty("top1", accuracy));
    json.add("metrics", metrics);
    json.addProperty("parameters", profile.parameters());
    json.addProperty("multiplyAdds", profile.macs());
    JsonArray labels = new JsonArray();
    run.labels().forEach(labels::add);
    json.add("labels", labels);
    return json;
  }

  private static List<GoldenCase> golden(int size) {
    SplittableRandom random = new SplittableRandom(1);
    float[] pixels = new float[GOLDEN_IMAGES * size * size * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    TensorValue images = TensorValue.of(pixels, GOLDEN_IMAGES, size, size, 3);
    return List.of(new GoldenCase("serving_default", Map.of("images", images)));
  }
}
