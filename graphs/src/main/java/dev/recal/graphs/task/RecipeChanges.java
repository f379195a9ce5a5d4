package dev.recal.graphs.task;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a recipe may change when a run is resumed: how long it trains, what it writes and when,
 * threads, and where its data is now (its content is compared by the digest). All other settings
 * are fixed.
 */
final class RecipeChanges {

  // What depends on the machine.
  private static final String PLACES =
      "name"
          + "|(training\\.)?threads"
          + "|(weights|backbone)(\\..*)?"
          + "|data\\.(.*\\.)?(root|file|files|path|directory|memoryLimitBytes)(\\..*)?"
          + "|training\\.distance\\.model";

  private static final Pattern PLACE = Pattern.compile(PLACES);

  private static final Pattern ALLOWED =
      Pattern.compile(
          PLACES.replace("|backbone", "")
              + "|(training\\.)?(steps|epochs|patience|minDelta)"
              + "|training\\.(evaluateEvery|divergence)"
              + "|training\\.(checkpoints|intervals|watch)(\\..*)?");

  private RecipeChanges() {}

  /** Describes the settings that may change. */
  static String allowed() {
    return "steps, epochs, patience, intervals of checkpoints and evaluations, threads and the paths"
        + " of moved data";
  }

  /**
   * Returns the dotted keys that differ and may not.
   *
   * @param before the recipe that a checkpoint was trained with, with every setting written out
   * @param now the recipe to resume with
   */
  static List<String> refused(JsonObject before, JsonObject now) {
    List<String> changed = new ArrayList<>();
    compare(before, now, "", changed);
    return changed.stream().filter(key -> !ALLOWED.matcher(key).matches()).toList();
  }

  /**
   * Returns what must be equal in all workers of a run, which may have other paths and threads.
   *
   * @param recipe with every setting written out
   */
  static String commonToWorkers(JsonObject recipe) {
    List<String> settings = new ArrayList<>();
    flatten(recipe, "", settings);
    return String.join("\n", settings);
  }

  private static void flatten(JsonElement value, String place, List<String> settings) {
    if (value.isJsonObject()) {
      for (String key : value.getAsJsonObject().keySet()) {
        String inner = place.isEmpty() ? key : place + "." + key;
        flatten(member(value, key), inner, settings);
      }
    } else if (!PLACE.matcher(place).matches()) {
      settings.add(place + "=" + value);
    }
  }

  private static void compare(
      JsonElement before, JsonElement now, String place, List<String> changed) {
    if (before.isJsonObject() && now.isJsonObject()) {
      Set<String> keys = new LinkedHashSet<>(before.getAsJsonObject().keySet());
      keys.addAll(now.getAsJsonObject().keySet());
      for (String key : keys) {
        String inner = place.isEmpty() ? key : place + "." + key;
        compare(member(before, key), member(now, key), inner, changed);
      }
    } else if (!before.equals(now)) {
      changed.add(place);
    }
  }

  private static JsonElement member(JsonElement object, String key) {
    JsonElement member = object.getAsJsonObject().get(key);
    return member == null ? JsonNull.INSTANCE : member;
  }
}
