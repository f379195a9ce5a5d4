package dev.recal.graphs.classification;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.classification.serving.EmbedSignature;
import dev.recal.graphs.classification.serving.TrainingSignature;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.source.DrawnFaces;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.objective.Objectives;
import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.ops.Servable;
import dev.recal.ops.json.RecordSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

/** Classification of images. */
public final class ClassificationTask implements Task<ClassificationRecipe> {

  private static final String NETWORK = "network";
  private static final int GOLDEN_IMAGES = 2;
  private static final int SMOKE_IMAGES = 4;
  private static final int SMOKE_FOLDS = 3;

  private static final RecipeReader<ClassificationRecipe> READER =
      new RecipeReader<>(
          Objectives.addTo(DataSourceRegistry.addTo(Networks.json())),
          ClassificationRecipe.class,
          json -> {
            if (json.has(NETWORK)) {
              json.add(NETWORK, NetworkJson.expand(json.get(NETWORK)));
            }
            return json;
          });

  @Override
  public void addShortForms(RecordSchema schema) {
    schema.add(Network.class, NetworkJson.shortForms());
  }

  @Override
  public String name() {
    return "classification";
  }

  @Override
  public Class<ClassificationRecipe> recipeType() {
    return ClassificationRecipe.class;
  }

  @Override
  public ClassificationRecipe read(JsonObject json, List<String> overrides) {
    return READER.read(json, overrides);
  }

  @Override
  public JsonObject write(ClassificationRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public PreparedClassification prepare(ClassificationRecipe recipe, boolean strict)
      throws IOException {
    recipe.training().session().startThreads();
    return PreparedClassification.open(recipe, strict);
  }

  @Override
  public void verifyFiles(Path directory, ClassificationRecipe recipe) throws IOException {
    RunLabels.verify(directory, recipe.network().classes());
  }

  /**
   * Returns the class names of a run in the order of the logits.
   *
   * @param directory the run's
   * @throws IOException if they cannot be read
   */
  public static List<String> labels(Path directory) throws IOException {
    return RunLabels.read(directory);
  }

  @Override
  public int checkpointsToKeep(ClassificationRecipe recipe) {
    return recipe.training().checkpoints().keep();
  }

  @Override
  public String scoreName(ClassificationRecipe recipe) {
    return recipe.balancesClasses()
        ? Measured.BALANCED
        : Objective.scoreName(recipe.training().loss().outputs());
  }

  @Override
  public String weightsScope(ClassificationRecipe recipe) {
    return recipe.training().weightsScope();
  }

  @Override
  public ServableModel servable(
      Graph graph, RunDirectory<ClassificationRecipe> run, boolean training) throws IOException {
    DataRecipe data = run.recipe().data();
    Classifier classifier =
        new Classifier(
            run.recipe().network(),
            labels(run.directory()),
            data.evaluationAugmentation(),
            data.imageSize(),
            run.recipe().training().outputs());
    return servable(graph, classifier, training);
  }

  /**
   * Builds the graph of any classifier that answers.
   *
   * @param graph an empty one
   * @param training whether the network should also be there in training phase
   */
  public static ServableModel servable(Graph graph, Classifier classifier, boolean training) {
    Network network = classifier.network();
    int size = classifier.imageSize();
    Servable answering =
        ClassifierServable.build(
            graph,
            network,
            classifier.labels(),
            classifier.evaluation(),
            size,
            size,
            classifier.outputs());
    Servable servable =
        training ? TrainingSignature.addTo(answering, network, classifier.outputs()) : answering;
    return new ServableModel(servable, metadata(classifier), golden(network, size));
  }

  private static JsonObject metadata(Classifier classifier) {
    int size = classifier.imageSize();
    Profile profile = Profiler.of(classifier.network(), size, size);
    JsonObject json = new JsonObject();
    json.addProperty("parameters", profile.parameters());
    json.addProperty("multiplyAdds", profile.macs());
    json.addProperty("imageSize", size);
    json.addProperty("outputs", classifier.outputs().kind().word());
    JsonArray labels = new JsonArray();
    classifier.labels().forEach(labels::add);
    json.add("labels", labels);
    return json;
  }

  private static List<GoldenInput> golden(Network network, int size) {
    SplittableRandom random = new SplittableRandom(1);
    float[] pixels = new float[GOLDEN_IMAGES * size * size * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    Shape shape = Shape.of(GOLDEN_IMAGES, size, size, 3);
    Map<String, NdArray<?>> images = Map.of("images", NdArrays.wrap(shape, DataBuffers.of(pixels)));
    List<GoldenInput> inputs = new ArrayList<>();
    inputs.add(new GoldenInput("serving_default", images));
    network
        .embeddingStage()
        .ifPresent(stage -> inputs.add(new GoldenInput(EmbedSignature.EMBED, images)));
    return inputs;
  }

  @Override
  public Optional<Profile> profile(ClassificationRecipe recipe) {
    int size = recipe.data().imageSize();
    return Optional.of(Profiler.of(recipe.network(), size, size));
  }

  @Override
  public Evaluation evaluate(RunDirectory<ClassificationRecipe> run, EvaluationRequest request)
      throws IOException {
    return ClassificationEvaluation.evaluate(run, request);
  }

  @Override
  public Optional<ClassificationRecipe> smoke(ClassificationRecipe recipe) {
    int accumulation = Math.min(2, recipe.training().updates().accumulation());
    List<String> cut =
        List.of(
            "name=" + recipe.name() + "-smoke",
            "training.accumulation=" + accumulation,
            "training.batch=" + SMOKE_IMAGES * accumulation,
            "training.steps=2",
            "training.evaluateEvery=1",
            "training.averageBatches=1");
    ClassificationRecipe small = READER.read(READER.write(recipe), cut);
    DataRecipe textures =
        small
            .data()
            .withTraining(textures(recipe, Textures.train(), 2))
            .withEvaluation(textures(recipe, Textures.test(), 1));
    if (textures.verification().isEmpty()) {
      return Optional.of(small.withData(textures));
    }
    DrawnFaces faces = DrawnFaces.test().withCounts(2 * SMOKE_FOLDS, 2);
    VerificationImages drawn =
        new VerificationImages(faces, Optional.empty(), SMOKE_FOLDS, SMOKE_IMAGES);
    return Optional.of(small.withData(textures.withVerification(drawn)));
  }

  // A few images with what the recipe's loss compares.
  private static Textures textures(ClassificationRecipe recipe, Textures all, int perClass) {
    Textures.Targets targets =
        switch (recipe.training().loss().outputs()) {
          case ONE_CLASS -> Textures.Targets.CLASS;
          case SEVERAL_CLASSES -> Textures.Targets.SEVERAL_CLASSES;
          case NUMBERS -> Textures.Targets.NUMBERS;
        };
    return new Textures(all.split(), perClass, all.size(), all.seed(), targets);
  }
}
