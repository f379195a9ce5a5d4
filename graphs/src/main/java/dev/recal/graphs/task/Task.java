package dev.recal.graphs.task;

import com.google.gson.JsonObject;
import dev.recal.graphs.profile.Profile;
import dev.recal.ops.json.RecordSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;

/**
 * A kind of training: classification, few-shot synthesis, or one of a third party. Tasks are found
 * by {@code ServiceLoader}: a class with a public constructor without arguments, named in {@code
 * META-INF/services/dev.recal.graphs.task.Task}.
 *
 * <p>Commands, run directories and exports use tasks through this interface only.
 *
 * @param <R> its recipes
 */
public interface Task<R extends Recipe> {

  /** Returns the word that recipes name the task by, in the member {@code task}: kebab case. */
  String name();

  /** Returns the class of its recipes, which no other task has. */
  Class<R> recipeType();

  /**
   * Reads a recipe; see {@link RecipeReader}.
   *
   * @param json without the member {@code task}
   * @param overrides {@code key=value} pairs with dotted keys, applied in order
   * @throws IllegalArgumentException if JSON or overrides do not describe a recipe; the message
   *     names the key
   */
  R read(JsonObject json, List<String> overrides);

  /** Returns a recipe's JSON with every setting written out, without the member {@code task}. */
  JsonObject write(R recipe);

  /**
   * Opens the recipe's data and other files. Nothing is written. The first thing it does is {@link
   * dev.recal.graphs.training.SessionSettings#startThreads}, since reading data may open a session.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if recipe and data do not fit each other
   */
  PreparedTraining<R> prepare(R recipe, boolean strict) throws IOException;

  /**
   * Checks the files of a run's directory other than the recipe.
   *
   * @throws IOException if they are missing or damaged
   */
  default void verifyFiles(Path directory, R recipe) throws IOException {}

  /** Returns how many of a run's last checkpoints are kept besides the best one. */
  int checkpointsToKeep(R recipe);

  /** Returns what the score of a recipe's runs is called in metrics, for example {@code top1}. */
  default String scoreName(R recipe) {
    return "score";
  }

  /**
   * Returns the prefix of the exported weights in a run's checkpoints, for example {@code
   * average/}; usually empty.
   */
  default String weightsScope(R recipe) {
    return "";
  }

  /**
   * Builds the graph that answers.
   *
   * @param graph an empty one
   * @param training whether the network should also be there in training phase, for Python to
   *     train; a task without such a form ignores it
   * @throws IOException if files of the run cannot be read
   */
  ServableModel servable(Graph graph, RunDirectory<R> run, boolean training) throws IOException;

  /**
   * Counts the parameters and multiply-adds of a recipe's network.
   *
   * @param recipe of a run, whose network fits its data
   * @return nothing where the task does not count
   */
  default Optional<Profile> profile(R recipe) {
    return Optional.empty();
  }

  /**
   * Measures the weights of a checkpoint.
   *
   * @throws IOException if the checkpoint or data cannot be read
   * @throws IllegalArgumentException if the task does not support the request
   */
  default Evaluation evaluate(RunDirectory<R> run, EvaluationRequest request) throws IOException {
    return JobEvaluation.evaluate(run, request);
  }

  /**
   * Adds the short forms of settings that {@link #read} expands, names of networks for example.
   *
   * @param schema of recipes, see {@link RecipeSchema}
   */
  default void addShortForms(RecordSchema schema) {}

  /**
   * Returns a recipe cut down to two steps on a little synthetic data, with its network, sizes,
   * optimiser, schedule and precision as they are, to try whether all of it fits together.
   *
   * @return nothing where the task has no synthetic data
   */
  default Optional<R> smoke(R recipe) {
    return Optional.empty();
  }
}
