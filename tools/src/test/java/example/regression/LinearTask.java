package example.regression;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeReader;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.task.Task;
import dev.recal.graphs.training.Every;
import dev.recal.graphs.training.Intervals;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.graphs.training.TrainingStage;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Linear regression as a kind of training; named in {@code META-INF/services}. */
public final class LinearTask implements Task<LinearRecipe> {

  private static final RecipeReader<LinearRecipe> READER =
      new RecipeReader<>(JsonRecords.sealed(), LinearRecipe.class);
  private static final int KEEP = 3;

  @Override
  public String name() {
    return "linear-regression";
  }

  @Override
  public Class<LinearRecipe> recipeType() {
    return LinearRecipe.class;
  }

  @Override
  public LinearRecipe read(JsonObject json, List<String> overrides) {
    return READER.read(json, overrides);
  }

  @Override
  public JsonObject write(LinearRecipe recipe) {
    return READER.write(recipe);
  }

  @Override
  public int checkpointsToKeep(LinearRecipe recipe) {
    return KEEP;
  }

  @Override
  public PreparedTraining<LinearRecipe> prepare(LinearRecipe recipe, boolean strict)
      throws IOException {
    recipe.session().startThreads();
    long seed = recipe.session().seed();
    DataSet data = LinearExamples.open(recipe.examples(), recipe.features(), seed);
    try {
      return new Prepared(recipe, data, LinearExamples.open(32, recipe.features(), seed + 1));
    } catch (IOException | RuntimeException failure) {
      data.close();
      throw failure;
    }
  }

  private record Prepared(LinearRecipe recipe, DataSet data, DataSet heldOut)
      implements PreparedTraining<LinearRecipe> {

    @Override
    public List<String> description() {
      return List.of("Fitting a line to " + data.name());
    }

    @Override
    public TrainingPlan plan(Path directory) {
      Intervals intervals = new Intervals(Every.steps(10), Every.steps(100), KEEP);
      return new TrainingPlan(
          recipe.name(),
          directory,
          recipe.session(),
          intervals,
          Optional.empty(),
          List.of(new Stage(this)));
    }

    @Override
    public void close() {
      data.close();
      heldOut.close();
    }
  }

  private record Stage(Prepared prepared) implements TrainingStage {

    @Override
    public long steps() {
      return prepared.recipe().steps();
    }

    @Override
    public TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas)
        throws IOException {
      return new LinearJob(prepared.recipe(), prepared.data(), prepared.heldOut(), log, replicas);
    }
  }

  @Override
  public ServableModel servable(Graph graph, RunDirectory<LinearRecipe> run, boolean training) {
    int features = run.recipe().features();
    VariableStore store = new VariableStore(graph, 0);
    Placeholder<TFloat32> x =
        GraphScope.ops(graph)
            .withName("x")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, features)));
    Operand<TFloat32> y = LinearModel.build(BuildContext.of(store, Tower.serving()), x, features);
    Servable servable =
        new Servable(
            store,
            List.of(new ServableSignature("serving_default", Map.of("x", x), Map.of("y", y))),
            List.of());
    GoldenInput ones =
        new GoldenInput(
            "serving_default",
            Map.of("x", NdArrays.wrap(Shape.of(1, features), DataBuffers.of(ones(features)))));
    return new ServableModel(servable, new JsonObject(), List.of(ones));
  }

  private static float[] ones(int count) {
    float[] values = new float[count];
    Arrays.fill(values, 1);
    return values;
  }
}
