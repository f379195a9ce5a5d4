package dev.recal.graphs.synthesis.training;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.recipe.Overrides;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.ops.json.JsonRecords;
import java.util.ArrayList;
import java.util.List;

/**
 * Synthesis recipes as JSON.
 *
 * <p>They have {@code "task": "synthesis"}. The network is in full, {@code {"generator": …,
 * "discriminator": …}}, or in the short form {@code {"size": 256, "skip": "slim", "width": 64}}.
 */
public final class SynthesisJson {

  private static final String TASK = "task";
  private static final String SYNTHESIS = "synthesis";
  private static final String NETWORK = "network";
  private static final JsonRecords JSON = Networks.json();

  private SynthesisJson() {}

  /**
   * The published networks of a size, in the short form.
   *
   * @param size rows and columns of an image
   * @param skip which skips the generator has
   * @param width of both networks
   */
  public record ShortNetwork(int size, SkipKind skip, int width) {

    /** 256×256, SLIM, width 64. */
    public static ShortNetwork defaults() {
      return new ShortNetwork(256, SkipKind.SLIM, 64);
    }

    /** Returns the networks. */
    public FastGan expand() {
      return FastGan.of(size, skip).width(width);
    }
  }

  /**
   * Returns whether a text is a synthesis recipe.
   *
   * @throws IllegalArgumentException if it is not JSON
   */
  public static boolean isOne(String text) {
    JsonElement json = JsonRecords.parse(text);
    return json.isJsonObject()
        && json.getAsJsonObject().get(TASK) instanceof JsonPrimitive task
        && task.isString()
        && task.getAsString().equals(SYNTHESIS);
  }

  /**
   * Reads a recipe.
   *
   * @param text JSON
   * @param overrides {@code key=value} pairs with dotted keys, applied in order; {@code
   *     network.size}, {@code network.skip} and {@code network.width} if the recipe has the short
   *     form
   * @throws IllegalArgumentException if text or overrides do not describe a recipe; the message
   *     names the key
   */
  public static SynthesisRecipe read(String text, List<String> overrides) {
    if (!isOne(text)) {
      throw new IllegalArgumentException(
          "recipe: expected an object with \"task\": \"synthesis\", but got another text.");
    }
    JsonObject json = JsonRecords.parse(text).getAsJsonObject();
    json.remove(TASK);
    List<String> inside = new ArrayList<>();
    for (String override : overrides) {
      if (override.matches("network(\\.(size|skip|width))?=.*") && isShort(json)) {
        Overrides.apply(json, override);
      } else {
        inside.add(override);
      }
    }
    json.add(NETWORK, expanded(json.get(NETWORK)));
    SynthesisRecipe plain = JSON.read(json, SynthesisRecipe.class);
    if (inside.isEmpty()) {
      return plain;
    }
    // With all defaults, so that an override can change a setting inside one that the file omits.
    JsonObject complete = JSON.write(plain).getAsJsonObject();
    inside.forEach(override -> Overrides.apply(complete, override));
    return JSON.read(complete, SynthesisRecipe.class);
  }

  private static boolean isShort(JsonObject recipe) {
    return recipe.get(NETWORK) instanceof JsonObject network && !network.has("generator");
  }

  private static JsonElement expanded(JsonElement network) {
    if (network instanceof JsonObject object && !object.has("generator")) {
      return JSON.write(JSON.read(object, ShortNetwork.class).expand());
    }
    return network;
  }

  /** Returns a recipe's JSON, with every setting written out. */
  public static String write(SynthesisRecipe recipe) {
    JsonObject json = new JsonObject();
    json.addProperty(TASK, SYNTHESIS);
    JSON.write(recipe)
        .getAsJsonObject()
        .entrySet()
        .forEach(e -> json.add(e.getKey(), e.getValue()));
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }
}
