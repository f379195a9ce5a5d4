package dev.recal.graphs.task;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One recipe trained several times: on k folds of its training images, with several seeds, or both.
 * Each trial is a run of its own, whose recipe holds its fold and its seed, so that it equals the
 * run that trains this recipe alone.
 *
 * <p>A seed sets {@code training.seed}, and how the images are cut into folds. Where there are
 * folds, the recipe's evaluation images are not used.
 *
 * @param recipe with absolute paths
 * @param folds 0 for none, otherwise at least 2; recipes with {@code data.training} have them
 * @param seeds of the trials, different ones
 */
public record CrossValidation(Recipe recipe, int folds, List<Long> seeds) {

  /** The file that holds it in its directory. */
  public static final String FILE = "cross-validation.json";

  private static final String RECIPE = "recipe";
  private static final String FOLDS = "folds";
  private static final String SEEDS = "seeds";
  private static final String TRAINING = "training";
  private static final String DATA = "data";
  private static final String SEED = "seed";

  /**
   * One of the runs.
   *
   * @param name of its directory
   * @param seed of weights, order and folds
   * @param fold from 1; 0 if there are no folds
   * @param recipe what is trained
   */
  public record Trial(String name, long seed, int fold, Recipe recipe) {}

  /** Rejects numbers that are too small, and recipes that have neither seed nor folds. */
  public CrossValidation {
    Objects.requireNonNull(recipe, "recipe");
    seeds = List.copyOf(seeds);
    if (folds != 0 && folds < 2) {
      throw new IllegalArgumentException("folds: expected at least 2, but got " + folds + ".");
    }
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw new IllegalArgumentException(
          "seeds: expected one or more different seeds, but got " + seeds + ".");
    }
    requireMember(recipe, TRAINING, SEED);
    if (folds > 0) {
      requireMember(recipe, DATA, TRAINING);
    }
  }

  /**
   * A recipe with seeds that follow its own one.
   *
   * @param count of seeds, at least 1
   */
  public static CrossValidation of(Recipe recipe, int folds, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("seeds: expected at least 1, but got " + count + ".");
    }
    long first = requireMember(recipe, TRAINING, SEED).getAsLong();
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      seeds.add(first + i);
    }
    return new CrossValidation(recipe, folds, seeds);
  }

  private static JsonElement requireMember(Recipe recipe, String object, String member) {
    if (RecipeJson.object(recipe).get(object) instanceof JsonObject found && found.has(member)) {
      return found.get(member);
    }
    throw new IllegalArgumentException(
        ("recipe: '" + recipe.name() + "' cannot be cross-validated: recipes of the task '")
            + (Tasks.of(recipe).name() + "' have no " + object + "." + member + "."));
  }

  /** Returns all runs: every fold of the first seed, then of the next one. */
  public List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (long seed : seeds) {
      if (folds == 0) {
        trials.add(trial("seed" + seed, seed, 0));
      }
      for (int fold = 1; fold <= folds; fold++) {
        trials.add(trial("seed" + seed + "-fold" + fold, seed, fold));
      }
    }
    return trials;
  }

  private Trial trial(String name, long seed, int fold) {
    List<String> overrides = new ArrayList<>();
    overrides.add("name=" + recipe.name() + "-" + name);
    overrides.add("training.seed=" + seed);
    if (fold > 0) {
      JsonElement source = requireMember(recipe, DATA, TRAINING);
      overrides.add("data.training=" + part(source, seed, fold, false));
      overrides.add("data.evaluation=" + part(source, seed, fold, true));
    }
    return new Trial(name, seed, fold, changed(recipe, overrides));
  }

  private static <R extends Recipe> Recipe changed(R recipe, List<String> overrides) {
    Task<R> task = Tasks.of(recipe);
    return task.read(task.write(recipe), overrides);
  }

  private JsonObject part(JsonElement source, long seed, int fold, boolean heldOut) {
    JsonObject part = new JsonObject();
    part.addProperty("type", "fold");
    part.add("source", source);
    part.addProperty(FOLDS, folds);
    part.addProperty("fold", fold);
    part.addProperty(SEED, seed);
    part.addProperty("heldOut", heldOut);
    return part;
  }

  /** Returns whether a directory holds the runs of one. */
  public static boolean isAt(Path directory) {
    return Files.isRegularFile(directory.resolve(FILE));
  }

  /**
   * Writes it into a directory, which is created if absent.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path directory) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty(FOLDS, folds);
    JsonArray numbers = new JsonArray();
    seeds.forEach(numbers::add);
    json.add(SEEDS, numbers);
    json.add(RECIPE, RecipeJson.object(recipe));
    String text =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
    AtomicFiles.write(directory.resolve(FILE), text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads it from its directory.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if the file is damaged
   */
  public static CrossValidation read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    JsonElement json = JsonRecords.parse(TextFiles.read(file), file);
    return JsonRecords.ofFile(file, () -> of(json));
  }

  private static CrossValidation of(JsonElement json) {
    if (!(json instanceof JsonObject object
        && object.get(RECIPE) instanceof JsonObject recipe
        && object.get(SEEDS) instanceof JsonArray numbers
        && object.has(FOLDS))) {
      throw new IllegalArgumentException(
          "cross-validation: expected an object with folds, seeds and recipe.");
    }
    List<Long> seeds = new ArrayList<>();
    try {
      numbers.forEach(number -> seeds.add(number.getAsLong()));
      int folds = object.get(FOLDS).getAsInt();
      return new CrossValidation(RecipeJson.read(recipe.toString(), List.of()), folds, seeds);
    } catch (NumberFormatException | IllegalStateException | UnsupportedOperationException wrong) {
      throw new IllegalArgumentException(
          "cross-validation: expected numbers as folds and seeds.", wrong);
    }
  }
}
