package dev.recal.graphs.task;

import com.google.gson.JsonObject;
import dev.recal.ops.json.JsonRecords;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reads recipes of one record class, with overrides.
 *
 * @param json knows the families in the record
 * @param type the record class
 * @param expand writes short forms out in an object that it may change, for example the name of a
 *     network; applied before each reading
 * @param <R> the record class
 */
public record RecipeReader<R extends Recipe>(
    JsonRecords json, Class<R> type, UnaryOperator<JsonObject> expand) {

  /** Reads recipes without short forms. */
  public RecipeReader(JsonRecords json, Class<R> type) {
    this(json, type, object -> object);
  }

  /**
   * Reads a recipe.
   *
   * @param object not changed
   * @param overrides {@code key=value} pairs with dotted keys, applied in order; a value that is
   *     not JSON is a text
   * @throws IllegalArgumentException if they do not describe a recipe; the message names the key
   */
  public R read(JsonObject object, List<String> overrides) {
    R plain = json.read(expand.apply(object.deepCopy()), type);
    if (overrides.isEmpty()) {
      return plain;
    }
    // Written out, so that a setting can be changed inside of one that the file leaves to defaults.
    JsonObject complete = write(plain);
    for (String override : overrides) {
      Overrides.apply(complete, override);
      complete = expand.apply(complete);
    }
    return json.read(complete, type);
  }

  /** Returns a recipe's JSON with every setting written out. */
  public JsonObject write(R recipe) {
    return json.write(recipe).getAsJsonObject();
  }
}
