package dev.recal.graphs.task;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.ops.Arguments;
import java.math.BigDecimal;
import java.util.List;

/**
 * The linear scaling rule (Goyal et al. 2017, arXiv 1706.02677, section 2.1): a batch that is k
 * times as large is trained with k times the learning rate, and with a warm-up. For plain and
 * momentum SGD.
 */
public final class ScaledBatch {

  private static final String BATCH = "batch";
  private static final String RATE = "learningRate";
  private static final String BASE = "base";

  private ScaledBatch() {}

  /**
   * Returns a recipe whose batch is that of one worker, for all workers together.
   *
   * @param workers at least 1
   * @throws IllegalArgumentException if the recipe has no {@code training.batch} and {@code
   *     training.learningRate.base}
   */
  public static <R extends Recipe> R of(R recipe, int workers) {
    Arguments.atLeast(1, "number of workers", workers);
    Task<R> task = Tasks.of(recipe);
    JsonObject json = task.write(recipe);
    JsonElement training = json.get("training");
    JsonObject settings = requireObject(recipe, training);
    JsonObject rate = requireObject(recipe, settings.get(RATE));
    BigDecimal factor = BigDecimal.valueOf(workers);
    BigDecimal batch = requireNumber(recipe, settings.get(BATCH)).multiply(factor);
    BigDecimal base = requireNumber(recipe, rate.get(BASE)).multiply(factor);
    return task.read(
        json,
        List.of(
            "training." + BATCH + "=" + batch.toPlainString(),
            "training." + RATE + "." + BASE + "=" + base.toPlainString()));
  }

  private static JsonObject requireObject(Recipe recipe, JsonElement found) {
    if (found == null || !found.isJsonObject()) {
      throw refused(recipe);
    }
    return found.getAsJsonObject();
  }

  private static BigDecimal requireNumber(Recipe recipe, JsonElement found) {
    if (found == null || !found.isJsonPrimitive() || !found.getAsJsonPrimitive().isNumber()) {
      throw refused(recipe);
    }
    return found.getAsBigDecimal();
  }

  private static IllegalArgumentException refused(Recipe recipe) {
    return new IllegalArgumentException(
        "recipe: the batch of '"
            + recipe.name()
            + "' cannot be scaled: it has no training.batch and training.learningRate.base.");
  }
}
