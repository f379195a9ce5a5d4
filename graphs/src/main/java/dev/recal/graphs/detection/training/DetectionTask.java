package dev.recal.graphs.detection.training;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.detection.DetectorJson;
import dev.recal.graphs.detection.serving.DetectorServable;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.ops.Servable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

/** Detection of objects with boxes, and their segmentation with masks. */
public final class DetectionTask implements Task<DetectionRecipe> {

  private static final String NETWORK = "network";
  private static final String DETECTIONS = "detections";
  private static final int SMOKE_IMAGES = 2;
  private static final int SMOKE_SIDE = 128;
  private static final int GOLDEN_HEIGHT = 128;
  private static final int GOLDEN_WIDTH = 160;

  private static final RecipeReader<DetectionRecipe> READER =
      new RecipeReader<>(
          DataSourceRegistry.addTo(Networks.json()),
          DetectionRecipe.class,
          json -> {
            if (json.has(NETWORK)) {
              json.add(NETWORK, DetectorJson.expand(json.get(NETWORK)));
            }
            if (!json.has(DETECTIONS)) {
              json.add(DETECTIONS, new JsonObject());
            }
            return json;
          });

  @Override
  public String name() {
    return "detection";
  }

  @Override
  public Class<DetectionRecipe> recipeType() {
    return DetectionRecipe.class;
  }

  @Override
  public DetectionRecipe read(JsonObject json, List<String> overrides) {
    return READER.read(json, overrides);
  }

  @Override
  public JsonObject write(DetectionRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public PreparedDetection prepare(DetectionRecipe recipe, boolean strict) throws IOException {
    recipe.training().session().startThreads();
    return PreparedDetection.open(recipe, strict);
  }

  @Override
  public void verifyFiles(Path directory, DetectionRecipe recipe) throws IOException {
    RunLabels.verify(directory, recipe.network().classes());
  }

  /**
   * Returns the class names of a run in the order of the labels.
   *
   * @param directory the run's
   * @throws IOException if they cannot be read
   */
  public static List<String> labels(Path directory) throws IOException {
    return RunLabels.read(directory);
  }

  @Override
  public int checkpointsToKeep(DetectionRecipe recipe) {
    return recipe.training().checkpoints().keep();
  }

  @Override
  public String scoreName(DetectionRecipe recipe) {
    return "box_AP";
  }

  @Override
  public ServableModel servable(Graph graph, RunDirectory<DetectionRecipe> run, boolean training)
      throws IOException {
    DetectionRecipe recipe = run.recipe();
    DetectionData data = recipe.data();
    List<String> labels = labels(run.directory());
    Servable servable =
        DetectorServable.build(
            graph,
            recipe.network(),
            recipe.detections(),
            labels,
            data.evaluationAugmentation(),
            new DetectorServable.Size(data.height(), data.width()));
    JsonObject json = new JsonObject();
    json.addProperty("parameters", servable.store().parameters());
    json.addProperty("height", data.height());
    json.addProperty("width", data.width());
    json.addProperty("conventions", recipe.network().conventions().name().toLowerCase(Locale.ROOT));
    JsonArray names = new JsonArray();
    labels.forEach(names::add);
    json.add("labels", names);
    return new ServableModel(servable, json, List.of(golden("detect"), golden("serving_default")));
  }

  // A drawn scene: in noise, all objects would have nearly the same score.
  private static GoldenInput golden(String signature) {
    DrawnScenes scenes = DrawnScenes.test().withSize(GOLDEN_HEIGHT, GOLDEN_WIDTH);
    Shape shape = Shape.of(1, GOLDEN_HEIGHT, GOLDEN_WIDTH, 3);
    return new GoldenInput(
        signature, Map.of("images", NdArrays.wrap(shape, DataBuffers.of(scenes.pixels(0)))));
  }

  @Override
  public Evaluation evaluate(RunDirectory<DetectionRecipe> run, EvaluationRequest request)
      throws IOException {
    return DetectionEvaluation.evaluate(run, request);
  }

  @Override
  public Optional<DetectionRecipe> smoke(DetectionRecipe recipe) {
    int accumulation = Math.min(2, recipe.training().updates().accumulation());
    List<String> cut =
        List.of(
            "name=" + recipe.name() + "-smoke",
            "data.height=" + SMOKE_SIDE,
            "data.width=" + SMOKE_SIDE,
            "training.accumulation=" + accumulation,
            "training.batch=" + SMOKE_IMAGES * accumulation,
            "training.steps=2",
            // Without trained weights, stored statistics are those of no data.
            "training.storedStatistics=[]",
            "training.transfer.frozen=[]",
            "training.evaluateEvery=1");
    DetectionRecipe small = READER.read(READER.write(recipe), cut);
    return Optional.of(
        small
            .fromRandomValues()
            .withData(
                small
                    .data()
                    .with(
                        DrawnScenes.train().withCount(SMOKE_IMAGES * accumulation),
                        Optional.of(DrawnScenes.test().withCount(SMOKE_IMAGES)))));
  }
}
