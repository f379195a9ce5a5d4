package dev.recal.graphs.recipe;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.json.JsonRecords;
import java.util.List;

/**
 * Recipes as JSON.
 *
 * <p>A network is written out ({@code {"type": "resnet", …}}), or is a name of {@link Networks}, or
 * {@code {"preset": NAME, …}} with the settings that differ.
 */
public final class RecipeJson {

  private static final String NETWORK = "network";
  private static final String TASK = "task";
  private static final String PRESET = "preset";
  private static final JsonRecords JSON = Networks.json();

  private RecipeJson() {}

  /**
   * Reads a recipe.
   *
   * @param text JSON
   * @param overrides {@code key=value} pairs with dotted keys, applied in order; a value that is
   *     not JSON is a text
   * @throws IllegalArgumentException if text or overrides do not describe a recipe; the message
   *     names the key
   */
  public static Recipe read(String text, List<String> overrides) {
    JsonElement json = JsonRecords.parse(text);
    if (!json.isJsonObject()) {
      throw new IllegalArgumentException("recipe: expected an object, but got " + json + ".");
    }
    JsonObject recipe = json.getAsJsonObject();
    if (recipe.has(TASK)) {
      throw new IllegalArgumentException(
          "recipe: expected the task classification, but got "
              + recipe.get(TASK)
              + "; 'recal synthesize' and 'recal export' take synthesis recipes.");
    }
    if (recipe.has(NETWORK)) {
      recipe.add(NETWORK, expand(recipe.get(NETWORK)));
    }
    Recipe plain = JSON.read(recipe, Recipe.class);
    if (overrides.isEmpty()) {
      return plain;
    }
    // With all defaults, so that an override can change a setting inside one that the file omits.
    JsonObject complete = JSON.write(plain).getAsJsonObject();
    for (String override : overrides) {
      Overrides.apply(complete, override);
      complete.add(NETWORK, expand(complete.get(NETWORK)));
    }
    return JSON.read(complete, Recipe.class);
  }

  /** Reads a network: written out, by name, or as a preset with differences. */
  public static Network readNetwork(String text) {
    return JSON.read(expand(JsonRecords.parse(text)), Network.class);
  }

  /** Returns a recipe's JSON, with every setting written out. */
  public static String write(Recipe recipe) {
    return pretty(JSON.write(recipe));
  }

  /** Returns a network's JSON with its type. */
  public static JsonElement write(Network network) {
    return JSON.write(network, Network.class);
  }

  private static String pretty(JsonElement json) {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }

  private static JsonElement expand(JsonElement network) {
    if (network instanceof JsonPrimitive name && name.isString()) {
      return write(Networks.named(name.getAsString()));
    }
    if (!network.isJsonObject() || !network.getAsJsonObject().has(PRESET)) {
      return network;
    }
    JsonObject changes = network.getAsJsonObject().deepCopy();
    JsonElement preset = changes.remove(PRESET);
    if (!(preset instanceof JsonPrimitive name && name.isString())) {
      throw new IllegalArgumentException(
          "network.preset: expected the name of a network, but got " + preset + ".");
    }
    return JsonRecords.merge(write(Networks.named(name.getAsString())).getAsJsonObject(), changes);
  }
}
