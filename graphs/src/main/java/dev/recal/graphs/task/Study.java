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
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One recipe trained several times: in variations of its settings, with several seeds, on k folds
 * of its training images, or all of these. Each trial is a run of its own, whose recipe holds its
 * settings, so that it equals the run that trains this recipe alone.
 *
 * <p>A seed sets {@code training.seed}, and how the images are cut into folds. Where there are
 * folds, the recipe's evaluation images are not used. All variations have the same seeds and folds.
 *
 * @param recipe with absolute paths
 * @param variations what differs; one of them is {@link StudyVariation#NONE} only if it is alone
 * @param folds 0 for none, otherwise at least 2; recipes with {@code data.training} have them
 * @param seeds of the trials, different ones
 */
public record Study(Recipe recipe, List<StudyVariation> variations, int folds, List<Long> seeds) {

  /** The file that holds it in its directory. */
  public static final String FILE = "study.json";

  private static final String RECIPE = "recipe";
  private static final String VARIATIONS = "variations";
  private static final String FOLDS = "folds";
  private static final String SEEDS = "seeds";
  private static final String TRAINING = "training";
  private static final String DATA = "data";
  private static final String SEED = "seed";

  /**
   * One of the runs.
   *
   * @param name of its directory
   * @param variation its settings
   * @param seed of weights, order and folds
   * @param fold from 1; 0 if there are no folds
   * @param recipe what is trained
   */
  public record Trial(String name, StudyVariation variation, long seed, int fold, Recipe recipe) {}

  /** Rejects numbers that are too small, equal names, and recipes without seed or folds. */
  public Study {
    Objects.requireNonNull(recipe, RECIPE);
    variations = List.copyOf(variations);
    seeds = List.copyOf(seeds);
    if (folds != 0 && folds < 2) {
      throw new IllegalArgumentException("folds: expected at least 2, but got " + folds + ".");
    }
    if (seeds.isEmpty() || new HashSet<>(seeds).size() < seeds.size()) {
      throw new IllegalArgumentException(
          "seeds: expected one or more different seeds, but got " + seeds + ".");
    }
    requireNamed(variations);
    requireMember(recipe, TRAINING, SEED, "trained with several seeds");
    if (folds > 0) {
      requireMember(recipe, DATA, TRAINING, "cut into folds");
    }
  }

  private static void requireNamed(List<StudyVariation> variations) {
    if (variations.isEmpty()) {
      throw new IllegalArgumentException("variations: expected at least one, but got none.");
    }
    Set<String> names = new HashSet<>();
    for (StudyVariation variation : variations) {
      if (variation.equals(StudyVariation.NONE) && variations.size() > 1) {
        throw new IllegalArgumentException(
            "variations: expected a name for each of " + variations.size() + ".");
      }
      if (!names.add(variation.name())) {
        throw new IllegalArgumentException(
            "variations: expected different names, but got '" + variation.name() + "' twice.");
      }
    }
  }

  /**
   * A recipe with seeds that follow its own one.
   *
   * @param count of seeds, at least 1
   */
  public static Study of(Recipe recipe, List<StudyVariation> variations, int folds, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("seeds: expected at least 1, but got " + count + ".");
    }
    long first = requireMember(recipe, TRAINING, SEED, "trained with several seeds").getAsLong();
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      seeds.add(first + i);
    }
    return new Study(recipe, variations, folds, seeds);
  }

  /** A cross-validation: a recipe without variations. */
  public static Study of(Recipe recipe, int folds, int count) {
    return of(recipe, List.of(StudyVariation.NONE), folds, count);
  }

  private static JsonElement requireMember(
      Recipe recipe, String object, String member, String purpose) {
    if (RecipeJson.object(recipe).get(object) instanceof JsonObject found && found.has(member)) {
      return found.get(member);
    }
    throw new IllegalArgumentException(
        ("recipe: '" + recipe.name() + "' cannot be " + purpose + ": recipes of the task '")
            + (Tasks.of(recipe).name() + "' have no " + object + "." + member + "."));
  }

  /**
   * Returns all runs: those of the first variation, for each seed every fold, then those of the
   * next one.
   *
   * @throws IllegalArgumentException if the recipe does not have a variation's settings
   */
  public List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (StudyVariation variation : variations) {
      trials.addAll(trials(variation));
    }
    return trials;
  }

  /** Returns the runs of one variation. */
  public List<Trial> trials(StudyVariation variation) {
    String prefix = variation.equals(StudyVariation.NONE) ? "" : variation.name() + "-";
    Recipe varied = changed(recipe, variation.changes());
    List<Trial> trials = new ArrayList<>();
    for (long seed : seeds) {
      for (int fold = Math.min(1, folds); fold <= folds; fold++) {
        String name = prefix + "seed" + seed + (fold > 0 ? "-fold" + fold : "");
        trials.add(new Trial(name, variation, seed, fold, trial(varied, name, seed, fold)));
      }
    }
    return trials;
  }

  private Recipe trial(Recipe varied, String name, long seed, int fold) {
    List<String> overrides = new ArrayList<>();
    overrides.add("name=" + recipe.name() + "-" + name);
    overrides.add("training.seed=" + seed);
    if (fold > 0) {
      JsonElement source = requireMember(varied, DATA, TRAINING, "cut into folds");
      overrides.add("data.training=" + part(source, seed, fold, false));
      overrides.add("data.evaluation=" + part(source, seed, fold, true));
    }
    return changed(varied, overrides);
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

  /**
   * Returns whether this study has all runs of another one, so that it may take over that one's
   * directory.
   */
  public boolean includes(Study other) {
    return folds == other.folds
        && RecipeJson.object(recipe).equals(RecipeJson.object(other.recipe))
        && variations.containsAll(other.variations)
        && seeds.containsAll(other.seeds);
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
    if (!variations.equals(List.of(StudyVariation.NONE))) {
      JsonArray array = new JsonArray();
      variations.forEach(variation -> array.add(JsonRecords.sealed().write(variation)));
      json.add(VARIATIONS, array);
    }
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
  public static Study read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    JsonElement json = JsonRecords.parse(TextFiles.read(file), file);
    return JsonRecords.ofFile(file, () -> of(json));
  }

  private static Study of(JsonElement json) {
    if (!(json instanceof JsonObject object
        && object.get(RECIPE) instanceof JsonObject recipe
        && object.get(SEEDS) instanceof JsonArray numbers
        && object.has(FOLDS))) {
      throw new IllegalArgumentException("study: expected an object with folds, seeds and recipe.");
    }
    List<StudyVariation> variations = new ArrayList<>();
    if (object.get(VARIATIONS) instanceof JsonArray array) {
      array.forEach(
          member -> variations.add(JsonRecords.sealed().read(member, StudyVariation.class)));
    } else {
      variations.add(StudyVariation.NONE);
    }
    List<Long> seeds = new ArrayList<>();
    int folds;
    try {
      numbers.forEach(number -> seeds.add(number.getAsLong()));
      folds = object.get(FOLDS).getAsInt();
    } catch (NumberFormatException | IllegalStateException | UnsupportedOperationException wrong) {
      throw new IllegalArgumentException("study: expected numbers as folds and seeds.", wrong);
    }
    return new Study(RecipeJson.read(recipe.toString(), List.of()), variations, folds, seeds);
  }
}
