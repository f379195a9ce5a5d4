package dev.recal.graphs.synthesis;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.LayerRegistry;
import java.util.List;
import java.util.Optional;

/**
 * FastGAN as JSON: in full, or in a short form with the differences from the published networks.
 *
 * <p>The full form has {@code generator} and {@code discriminator} with all settings. The short
 * form is {@code {"size": 128}} with any of {@code skip} ({@code none}, {@code sle}, {@code slim},
 * the default, or a list of {@code {"from": 8, "to": 128, "layer": "slim"}}), {@code width} (of
 * both), {@code latent}, {@code noise} and {@code tanh}. A skip's layer is {@code sle} or {@code
 * slim}, which are spectrally normalised, or any registered skip layer with its settings.
 */
public final class FastGanJson {

  private static final String GENERATOR = "generator";
  private static final String DISCRIMINATOR = "discriminator";
  private static final String SKIP = "skip";
  private static final String SKIPS = "skips";
  private static final String LAYER = "layer";
  private static final JsonRecords JSON = LayerRegistry.json();

  private FastGanJson() {}

  /** The short form, without a list of skips. */
  private record ShortForm(
      int size,
      Optional<SkipKind> skip,
      Optional<Integer> width,
      Optional<Integer> latent,
      Optional<Boolean> noise,
      Optional<Boolean> tanh) {

    FastGan networks() {
      FastGan plain = FastGan.of(size, skip.orElse(SkipKind.SLIM));
      FastGan wide = width.map(plain::width).orElse(plain);
      FastGanGenerator old = wide.generator();
      FastGanGenerator generator =
          new FastGanGenerator(
              size,
              latent.orElse(old.latent()),
              old.width(),
              old.multipliers(),
              old.skips(),
              noise.orElse(old.noise()),
              tanh.orElse(old.tanh()));
      return new FastGan(generator, wide.discriminator());
    }
  }

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException if the text does not describe such networks; the message names
   *     the key
   */
  public static FastGan read(String text) {
    return JSON.read(expand(JsonRecords.parse(text)), FastGan.class);
  }

  /** Returns the networks' JSON in full. */
  public static JsonElement write(FastGan networks) {
    return JSON.write(networks);
  }

  /**
   * Expands either form to the full one, as the mapper of {@link LayerRegistry#json()} reads it.
   *
   * @throws IllegalArgumentException if the short form has unknown members or is invalid
   */
  public static JsonElement expand(JsonElement json) {
    if (!json.isJsonObject()) {
      return json;
    }
    JsonObject object = json.getAsJsonObject().deepCopy();
    if (object.has(GENERATOR) || object.has(DISCRIMINATOR)) {
      for (String net : List.of(GENERATOR, DISCRIMINATOR)) {
        if (object.get(net) instanceof JsonObject settings) {
          expandLayers(settings.get(SKIPS));
        }
      }
      return object;
    }
    Optional<JsonArray> skips = Optional.empty();
    if (object.get(SKIP) instanceof JsonArray list) {
      skips = Optional.of(list);
      object.addProperty(SKIP, "none");
    }
    JsonObject written = write(JSON.read(object, ShortForm.class).networks()).getAsJsonObject();
    skips.ifPresent(
        list -> {
          expandLayers(list);
          written.getAsJsonObject(GENERATOR).add(SKIPS, list);
        });
    return written;
  }

  // The type names of the synthesis networks, in addition to the registered ones.
  private static void expandLayers(JsonElement skips) {
    if (!(skips instanceof JsonArray list)) {
      return;
    }
    for (JsonElement skip : list) {
      if (skip instanceof JsonObject settings
          && settings.get(LAYER) instanceof JsonPrimitive word
          && word.isString()) {
        named(word.getAsString())
            .ifPresent(layer -> settings.add(LAYER, JSON.write(layer, SkipLayer.class)));
      }
    }
  }

  private static Optional<SkipLayer> named(String word) {
    return switch (word) {
      case "sle" -> Optional.of(SkipKind.excitation());
      case "slim" -> Optional.of(SkipKind.slim());
      default -> Optional.empty();
    };
  }
}
