package dev.recal.graphs.style.training;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.ArbitraryStyleServable;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.loss.ArbitraryLoss;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.ops.Servable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

/** Style transfer with one network for all styles. */
public final class ArbitraryStyleTask implements Task<ArbitraryStyleRecipe> {

  private static final int SMOKE_SIDE = 64;

  private static final RecipeReader<ArbitraryStyleRecipe> READER =
      new RecipeReader<>(DataSourceRegistry.addTo(Networks.json()), ArbitraryStyleRecipe.class);

  @Override
  public String name() {
    return "arbitrary-style";
  }

  @Override
  public Class<ArbitraryStyleRecipe> recipeType() {
    return ArbitraryStyleRecipe.class;
  }

  @Override
  public ArbitraryStyleRecipe read(JsonObject json, List<String> overrides) {
    return READER.read(json, overrides);
  }

  @Override
  public JsonObject write(ArbitraryStyleRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public PreparedTraining<ArbitraryStyleRecipe> prepare(ArbitraryStyleRecipe recipe, boolean strict)
      throws IOException {
    recipe.training().session().startThreads();
    return PreparedArbitraryStyle.open(recipe, strict);
  }

  @Override
  public int checkpointsToKeep(ArbitraryStyleRecipe recipe) {
    return recipe.training().intervals().keep();
  }

  @Override
  public String scoreName(ArbitraryStyleRecipe recipe) {
    return "negative_loss";
  }

  @Override
  public ServableModel servable(
      Graph graph, RunDirectory<ArbitraryStyleRecipe> run, boolean training) throws IOException {
    ArbitraryStyleRecipe recipe = run.recipe();
    Servable servable;
    try (LossNetwork encoder = recipe.loss().open(recipe.network().map())) {
      servable =
          ArbitraryStyleServable.build(
              graph, recipe.network(), encoder, recipe.training().session().seed());
    }
    JsonObject json = new JsonObject();
    json.addProperty("parameters", servable.store().parameters());
    json.addProperty("minimumSide", recipe.network().minimumSide());
    json.addProperty("lossNetwork", recipe.loss().describe());
    return new ServableModel(
        servable,
        json,
        List.of(golden(ArbitraryStyleServable.STYLIZE_AS), golden("serving_default")));
  }

  // Scenes whose sides are not multiples of the stride.
  private static GoldenInput golden(String signature) {
    Map<String, NdArray<?>> inputs = new LinkedHashMap<>();
    inputs.put(StyleServable.IMAGES, scene(50, 67, 0));
    inputs.put(ArbitraryStyleServable.STYLES, scene(48, 60, 1));
    inputs.put(ArbitraryStyleServable.STRENGTH, NdArrays.scalarOf(0.75f));
    return new GoldenInput(signature, inputs);
  }

  private static NdArray<?> scene(int height, int width, int index) {
    float[] pixels = DrawnScenes.test().withSize(height, width).pixels(index);
    return NdArrays.wrap(Shape.of(1, height, width, 3), DataBuffers.of(pixels));
  }

  @Override
  public Optional<ArbitraryStyleRecipe> smoke(ArbitraryStyleRecipe recipe) {
    List<String> cut =
        List.of(
            "name=" + recipe.name() + "-smoke",
            "data.size=" + SMOKE_SIDE,
            "data.augmentation=none",
            "training.accumulation=1",
            "training.batch=2",
            "training.steps=2",
            "training.intervals.measured=2");
    ArbitraryStyleRecipe small = READER.read(READER.write(recipe), cut);
    Textures train = new Textures(Textures.Split.TRAIN, 1, SMOKE_SIDE, 0);
    Textures test = new Textures(Textures.Split.TEST, 1, SMOKE_SIDE, 0);
    return Optional.of(
        small
            .with(ArbitraryStyle.defaults(), ArbitraryLoss.defaults())
            .with(
                small.data().with(train, Optional.of(test)),
                new Textures(Textures.Split.TEST, 1, SMOKE_SIDE, 1),
                ArbitraryLoss.defaults()));
  }
}
