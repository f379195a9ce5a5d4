package dev.recal.graphs.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.objective.Objectives;
import dev.recal.ops.json.RecordSchema;

/**
 * The JSON schema (draft 7) of recipes of every task on the class path, by which editors complete
 * and check their keys; see {@link RecordSchema} for what it does not describe.
 */
public final class RecipeSchema {

  private static final String PROPERTIES = "properties";
  private static final String TASK = "task";
  private static final String DIALECT = "http://json-schema.org/draft-07/schema#";

  private RecipeSchema() {}

  /** Returns the schema. */
  public static JsonObject create() {
    RecordSchema settings = Objectives.addTo(DataSourceRegistry.addTo(Networks.json())).schema();
    Tasks.all().forEach(task -> task.addShortForms(settings));
    JsonArray tasks = new JsonArray();
    for (Task<?> task : Tasks.all()) {
      tasks.add(ofTask(task, settings));
    }
    JsonObject schema = new JsonObject();
    schema.addProperty(RecipeJson.SCHEMA, DIALECT);
    schema.addProperty("title", "A recipe of Recal");
    schema.addProperty("type", "object");
    schema.add(PROPERTIES, single(TASK, taskNames()));
    schema.add("allOf", tasks);
    schema.add("definitions", settings.definitions());
    return schema;
  }

  // Under a condition: an editor then reports the one wrong key, not that no task fits.
  private static JsonObject ofTask(Task<?> task, RecordSchema settings) {
    JsonObject members = members(task, settings);
    JsonObject name = new JsonObject();
    name.addProperty("const", task.name());
    JsonObject condition = new JsonObject();
    condition.add(PROPERTIES, single(TASK, name));
    if (!task.name().equals(Tasks.DEFAULT)) {
      JsonArray required = new JsonArray();
      required.add(TASK);
      condition.add("required", required);
    }
    JsonObject conditional = new JsonObject();
    conditional.add("if", condition);
    conditional.add("then", members);
    return conditional;
  }

  @SuppressWarnings("unchecked")
  private static JsonObject members(Task<?> task, RecordSchema settings) {
    JsonObject schema = settings.members((Class<? extends Record>) (Class<?>) task.recipeType());
    JsonObject members = schema.getAsJsonObject(PROPERTIES);
    members.add(TASK, taskNames());
    JsonObject text = new JsonObject();
    text.addProperty("type", "string");
    members.add(RecipeJson.SCHEMA, text);
    return schema;
  }

  private static JsonObject taskNames() {
    return RecordSchema.words(Tasks.all().stream().map(Task::name));
  }

  private static JsonObject single(String name, JsonElement value) {
    JsonObject object = new JsonObject();
    object.add(name, value);
    return object;
  }
}
