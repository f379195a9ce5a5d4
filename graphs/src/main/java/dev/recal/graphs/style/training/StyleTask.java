package dev.recal.graphs.style.training;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.StyleTransformer;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Style transfer: networks that give images the style of another one. */
public final class StyleTask implements Task<StyleRecipe> {

  private static final int SMOKE_SIDE = 64;
  private static final int SMOKE_IMAGES = 2;
  private static final int GOLDEN_HEIGHT = 50;
  private static final int GOLDEN_WIDTH = 67;

  private static final RecipeReader<StyleRecipe> READER =
      new RecipeReader<>(DataSourceRegistry.addTo(Networks.json()), StyleRecipe.class);

  @Override
  public String name() {
    return "style";
  }

  @Override
  public Class<StyleRecipe> recipeType() {
    return StyleRecipe.class;
  }

  @Override
  public StyleRecipe read(JsonObject json, List<String> overrides) {
    return READER.read(json, overrides);
  }

  @Override
  public JsonObject write(StyleRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public PreparedTraining<StyleRecipe> prepare(StyleRecipe recipe, boolean strict)
      throws IOException {
    recipe.training().session().startThreads();
    return PreparedStyle.open(recipe, strict);
  }

  @Override
  public int checkpointsToKeep(StyleRecipe recipe) {
    return recipe.training().intervals().keep();
  }

  @Override
  public String scoreName(StyleRecipe recipe) {
    return "negative_loss";
  }

  @Override
  public ServableModel servable(Graph graph, RunDirectory<StyleRecipe> run, boolean training) {
    StyleRecipe recipe = run.recipe();
    Servable servable =
        StyleServable.build(graph, recipe.network(), recipe.training().session().seed());
    JsonObject json = new JsonObject();
    json.addProperty("parameters", servable.store().parameters());
    json.addProperty("imageSize", recipe.data().size());
    json.addProperty("multiplyAdds", multiplyAdds(recipe.network(), recipe.data().size()));
    json.addProperty("variant", recipe.network().variant().name().toLowerCase(Locale.ROOT));
    json.addProperty("minimumSide", recipe.network().minimumSide());
    json.addProperty("lossNetwork", recipe.loss().describe());
    return new ServableModel(
        servable,
        json,
        List.of(
            golden(StyleServable.STYLIZE, recipe.network()),
            golden("serving_default", recipe.network())));
  }

  @Override
  public Evaluation evaluate(RunDirectory<StyleRecipe> run, EvaluationRequest request)
      throws IOException {
    return StyleEvaluation.evaluate(run, request);
  }

  // Of one image of the training size.
  private static long multiplyAdds(StyleTransformer network, int size) {
    try (Graph graph = Graphs.create()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.serving());
      Shape shape = Shape.of(1, size, size, 3);
      network.build(
          context, GraphScope.ops(graph).placeholder(TFloat32.class, Placeholder.shape(shape)));
      return Profiler.of(context, shape).macs();
    }
  }

  // A drawn scene whose sides are not multiples of 4.
  private static GoldenInput golden(String signature, StyleTransformer network) {
    int height = Math.max(GOLDEN_HEIGHT, network.minimumSide());
    int width = Math.max(GOLDEN_WIDTH, network.minimumSide());
    DrawnScenes scenes = DrawnScenes.test().withSize(height, width);
    Shape shape = Shape.of(1, height, width, 3);
    return new GoldenInput(
        signature,
        Map.of(StyleServable.IMAGES, NdArrays.wrap(shape, DataBuffers.of(scenes.pixels(0)))));
  }

  @Override
  public Optional<StyleRecipe> smoke(StyleRecipe recipe) {
    int accumulation = Math.min(2, recipe.training().updates().accumulation());
    int batch = SMOKE_IMAGES * accumulation;
    int side = Math.max(SMOKE_SIDE, recipe.network().minimumSide());
    List<String> cut =
        List.of(
            "name=" + recipe.name() + "-smoke",
            "data.size=" + side,
            "data.augmentation=none",
            "training.accumulation=" + accumulation,
            "training.batch=" + batch,
            "training.steps=2",
            "training.intervals.measured=2");
    StyleRecipe small = READER.read(READER.write(recipe), cut).fromRandomValues();
    return Optional.of(
        small
            .withStyle(new TextureStyleImage(0, side))
            .withLoss(small.loss().with(Optional.empty()))
            .withData(
                small
                    .data()
                    .with(
                        new Textures(Textures.Split.TRAIN, 1, side, 0),
                        Optional.of(new Textures(Textures.Split.TEST, 1, side, 0)))));
  }
}
