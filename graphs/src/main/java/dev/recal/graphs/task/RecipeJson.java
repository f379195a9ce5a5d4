package dev.recal.graphs.task;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.json.JsonRecords;
import java.nio.file.Path;
import java.util.List;

/**
 * Recipes of every task as JSON: an object whose member {@code task} names the kind of training;
 * without it the task is {@value Tasks#DEFAULT}. Comments as in Java are allowed, and a member
 * {@code $schema}, which names the file of {@link RecipeSchema} for editors.
 */
public final class RecipeJson {

  /** The member by which editors find the schema of recipes, {@link RecipeSchema}; ignored. */
  static final String SCHEMA = "$schema";

  private static final String TASK = "task";

  private RecipeJson() {}

  /**
   * Reads a recipe of any task.
   *
   * @param text JSON, in which comments as in Java are allowed
   * @param overrides {@code key=value} pairs with dotted keys, applied in order; a value that is
   *     not JSON is a text
   * @throws IllegalArgumentException if text or overrides do not describe a recipe; the message
   *     names the key
   */
  public static Recipe read(String text, List<String> overrides) {
    JsonObject json = object(text);
    Task<?> task = Tasks.named(task(json));
    json.remove(TASK);
    json.remove(SCHEMA);
    return task.read(json, overrides);
  }

  /**
   * Reads a recipe of one task.
   *
   * @param type the class of its recipes
   * @throws IllegalArgumentException also if the text is a recipe of another task
   */
  public static <R extends Recipe> R read(String text, List<String> overrides, Class<R> type) {
    Recipe recipe = read(text, overrides);
    if (!type.isInstance(recipe)) {
      throw new IllegalArgumentException(
          "recipe: expected one of the task '"
              + ofType(type)
              + "', but got one of '"
              + Tasks.of(recipe).name()
              + "'.");
    }
    return type.cast(recipe);
  }

  /**
   * Reads the recipe that a model records.
   *
   * @param recipe from the model's metadata
   * @param model for messages
   * @param type the class of its recipes
   * @throws IllegalArgumentException if it is damaged or of another task; the message names the
   *     model
   */
  public static <R extends Recipe> R ofModel(JsonElement recipe, Path model, Class<R> type) {
    try {
      return read(recipe.toString(), List.of(), type);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "model: the recipe of " + model + " cannot be used: " + wrong.getMessage(), wrong);
    }
  }

  /**
   * Returns the word of the task that a recipe names.
   *
   * @throws IllegalArgumentException if the text is not a JSON object
   */
  public static String task(String text) {
    return task(object(text));
  }

  private static String task(JsonObject json) {
    JsonElement task = json.get(TASK);
    if (task == null) {
      return Tasks.DEFAULT;
    }
    if (!(task instanceof JsonPrimitive word && word.isString())) {
      throw new IllegalArgumentException("task: expected a text, but got " + task + ".");
    }
    return task.getAsString();
  }

  private static JsonObject object(String text) {
    JsonElement json = JsonRecords.parseCommented(text);
    if (!json.isJsonObject()) {
      throw new IllegalArgumentException(
          "recipe: expected an object, but got " + (json.isJsonArray() ? "a list" : json) + ".");
    }
    return json.getAsJsonObject();
  }

  private static String ofType(Class<? extends Recipe> type) {
    return Tasks.all().stream()
        .filter(task -> task.recipeType() == type)
        .map(Task::name)
        .findFirst()
        .orElse(type.getSimpleName());
  }

  /** Returns a recipe's JSON as text, with every setting written out. */
  public static <R extends Recipe> String write(R recipe) {
    return new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(object(recipe))
        + "\n";
  }

  /** Returns a recipe's JSON, with every setting written out. */
  public static <R extends Recipe> JsonObject object(R recipe) {
    Task<R> task = Tasks.of(recipe);
    JsonObject json = new JsonObject();
    if (!task.name().equals(Tasks.DEFAULT)) {
      json.addProperty(TASK, task.name());
    }
    task.write(recipe).entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
    return json;
  }
}
