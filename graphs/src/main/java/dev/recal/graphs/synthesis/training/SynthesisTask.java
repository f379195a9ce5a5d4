package dev.recal.graphs.synthesis.training;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.GeneratorServable;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.Overrides;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.json.RecordSchema;
import dev.recal.ops.runtime.Graphs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Few-shot synthesis of images.
 *
 * <p>A recipe's network is written out, {@code {"generator": …, "discriminator": …}}, or in short:
 * {@code {"size": 256, "skip": "slim", "width": 64}}. Its learning rate is an object, or a number
 * for a constant rate.
 */
public final class SynthesisTask implements Task<SynthesisRecipe> {

  private static final String NETWORK = "network";
  private static final String TRAINING = "training";
  private static final String LEARNING_RATE = "learningRate";
  private static final long GOLDEN_SEED = 7;
  // From here on one image is enough; a recorded answer is as long as its images.
  private static final int LARGE = 512;

  private static final JsonRecords JSON = DataSourceRegistry.addTo(Networks.json());
  private static final RecipeReader<SynthesisRecipe> READER =
      new RecipeReader<>(JSON, SynthesisRecipe.class, SynthesisTask::expanded);

  /**
   * The published networks of a size, in short.
   *
   * @param size rows and columns of an image
   * @param skip which skips the generator has
   * @param width of both networks
   */
  public record ShortNetwork(int size, SkipKind skip, int width) {

    /** 256×256, modulation, width 64. */
    public static ShortNetwork defaults() {
      return new ShortNetwork(256, SkipKind.SLIM, 64);
    }

    /** Returns the networks. */
    public FastGan expand() {
      return FastGan.of(size, skip).width(width);
    }
  }

  @Override
  public void addShortForms(RecordSchema schema) {
    schema.add(FastGan.class, schema.members(ShortNetwork.class));
    schema.add(LearningRate.class, schema.value(double.class));
  }

  @Override
  public String name() {
    return "synthesis";
  }

  @Override
  public Class<SynthesisRecipe> recipeType() {
    return SynthesisRecipe.class;
  }

  /**
   * Reads a recipe.
   *
   * @param overrides also {@code network.size}, {@code network.skip} and {@code network.width}
   *     where the recipe has the short form
   */
  @Override
  public SynthesisRecipe read(JsonObject json, List<String> overrides) {
    JsonObject changed = json.deepCopy();
    List<String> inside = new ArrayList<>();
    for (String override : overrides) {
      if (override.matches("network(\\.(size|skip|width))?=.*") && isShort(changed)) {
        Overrides.apply(changed, override);
      } else {
        inside.add(override);
      }
    }
    return READER.read(changed, inside);
  }

  private static boolean isShort(JsonObject recipe) {
    return recipe.get(NETWORK) instanceof JsonObject network && !network.has("generator");
  }

  private static JsonObject expanded(JsonObject recipe) {
    if (isShort(recipe)) {
      recipe.add(NETWORK, JSON.write(JSON.read(recipe.get(NETWORK), ShortNetwork.class).expand()));
    }
    if (recipe.get(TRAINING) instanceof JsonObject training && training.has(LEARNING_RATE)) {
      training.add(LEARNING_RATE, learningRate(training.get(LEARNING_RATE)));
    }
    return recipe;
  }

  // Omitted members have the defaults of these recipes, not those of a learning rate.
  private static JsonElement learningRate(JsonElement given) {
    LearningRate usual = SynthesisSettings.defaults().updates().learningRate();
    JsonObject members;
    if (given instanceof JsonPrimitive number && number.isNumber()) {
      members = new JsonObject();
      members.add("base", number);
    } else if (given.isJsonObject()) {
      members = given.getAsJsonObject();
    } else {
      return given;
    }
    return JsonRecords.merge(JSON.write(usual).getAsJsonObject(), members);
  }

  @Override
  public JsonObject write(SynthesisRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public PreparedSynthesis prepare(SynthesisRecipe recipe, boolean strict) throws IOException {
    recipe.training().session().startThreads();
    return PreparedSynthesis.open(recipe, strict);
  }

  @Override
  public int checkpointsToKeep(SynthesisRecipe recipe) {
    return recipe.training().intervals().keep();
  }

  @Override
  public String weightsScope(SynthesisRecipe recipe) {
    return AveragedWeights.SCOPE;
  }

  @Override
  public ServableModel servable(Graph graph, RunDirectory<SynthesisRecipe> run, boolean training) {
    FastGanGenerator generator = run.recipe().network().generator();
    long seed = run.recipe().training().session().seed();
    Servable servable = GeneratorServable.build(graph, generator, seed);
    JsonObject json = new JsonObject();
    json.addProperty("parameters", servable.store().parameters());
    json.addProperty("multiplyAdds", multiplyAdds(generator));
    json.addProperty("imageSize", generator.size());
    json.addProperty("latent", generator.latent());
    return new ServableModel(servable, json, golden(generator));
  }

  // Of one image.
  private static long multiplyAdds(FastGanGenerator generator) {
    try (Graph graph = Graphs.create()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.serving());
      Operand<TFloat32> z =
          GraphScope.ops(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, generator.latent())));
      generator.build(context, z);
      return Profiler.of(context, z.shape()).macs();
    }
  }

  private static List<GoldenInput> golden(FastGanGenerator generator) {
    int latent = generator.latent();
    int count = generator.size() < LARGE ? 2 : 1;
    NdArray<?> z = latents(GOLDEN_SEED, count, latent);
    Map<String, NdArray<?>> seeded = new LinkedHashMap<>();
    seeded.put("seed", NdArrays.scalarOf(GOLDEN_SEED));
    seeded.put("count", NdArrays.scalarOf(count));
    Map<String, NdArray<?>> pair = new LinkedHashMap<>();
    pair.put(GeneratorServable.Z, z);
    pair.put(GeneratorServable.STYLE, latents(GOLDEN_SEED + 1, count, latent));
    return List.of(
        new GoldenInput("serving_default", Map.of(GeneratorServable.Z, z)),
        new GoldenInput("generate_seeded", seeded),
        new GoldenInput("mix", pair));
  }

  private static FloatNdArray latents(long seed, int count, int latent) {
    return NdArrays.wrap(
        Shape.of(count, latent), DataBuffers.of(Latents.draw(seed, count, latent)));
  }

  @Override
  public Evaluation evaluate(RunDirectory<SynthesisRecipe> run, EvaluationRequest request)
      throws IOException {
    return RunEvaluation.evaluate(run, request);
  }
}
