package dev.recal.graphs.synthesis.oneshot.training;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidServable;
import dev.recal.graphs.synthesis.oneshot.ScaleProfile;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.ops.Servable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;

/** One-shot synthesis: a pyramid of generators that learns from a single image. */
public final class OneShotTask implements Task<OneShotRecipe> {

  private static final RecipeReader<OneShotRecipe> READER =
      new RecipeReader<>(Networks.json(), OneShotRecipe.class);

  @Override
  public String name() {
    return "one-shot";
  }

  @Override
  public Class<OneShotRecipe> recipeType() {
    return OneShotRecipe.class;
  }

  @Override
  public OneShotRecipe read(JsonObject json, List<String> overrides) {
    return READER.read(json, overrides);
  }

  @Override
  public JsonObject write(OneShotRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public PreparedOneShot prepare(OneShotRecipe recipe, boolean strict) throws IOException {
    recipe.training().session().startThreads();
    return PreparedOneShot.open(recipe);
  }

  @Override
  public int checkpointsToKeep(OneShotRecipe recipe) {
    return recipe.training().intervals().keep();
  }

  @Override
  public ServableModel servable(Graph graph, RunDirectory<OneShotRecipe> run, boolean training)
      throws IOException {
    OneShotRecipe recipe = run.recipe();
    try (PreparedOneShot prepared = PreparedOneShot.open(recipe)) {
      Pyramid pyramid = prepared.pyramid();
      int channels = prepared.image().channels();
      Servable servable = PyramidServable.build(graph, recipe.network(), pyramid, channels);
      JsonObject json = new JsonObject();
      json.addProperty("parameters", servable.store().parameters());
      json.addProperty("channels", channels);
      json.addProperty("factor", pyramid.factor());
      long macs = 0;
      JsonArray scales = new JsonArray();
      for (int scale = 0; scale < pyramid.scales(); scale++) {
        JsonObject one = new JsonObject();
        one.addProperty("height", pyramid.height(scale));
        one.addProperty("width", pyramid.width(scale));
        scales.add(one);
        macs += ScaleProfile.of(recipe.network(), pyramid, channels, scale).generatorMacs();
      }
      json.addProperty("multiplyAdds", macs);
      json.add("scales", scales);
      return new ServableModel(servable, json, golden(pyramid));
    }
  }

  @Override
  public Evaluation evaluate(RunDirectory<OneShotRecipe> run, EvaluationRequest request)
      throws IOException {
    return OneShotEvaluation.evaluate(run, request);
  }

  private static List<GoldenInput> golden(Pyramid pyramid) {
    Map<String, NdArray<?>> generate = new LinkedHashMap<>();
    generate.put("seed", NdArrays.scalarOf(7L));
    generate.put("count", NdArrays.scalarOf(1));
    generate.put("height", NdArrays.scalarOf(pyramid.height()));
    generate.put("width", NdArrays.scalarOf(pyramid.width()));
    generate.put("start_scale", NdArrays.scalarOf(Math.min(1, pyramid.last())));
    return List.of(
        new GoldenInput("reconstruct", Map.of("amplitude", NdArrays.scalarOf(1f))),
        new GoldenInput("generate", generate));
  }
}
