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

  private static final Pattern ALLOWED =
      Pattern.compile(
          "name"
              + "|training\\.(steps|epochs|patience|threads|evaluateEvery|divergence)"
              + "|training\\.(checkpoints|intervals|watch)(\\..*)?"
              + "|steps|epochs|patience|threads"
              + "|weights(\\..*)?"
              + "|data\\.(.*\\.)?(root|file|files|path|directory|memoryLimitBytes)(\\..*)?"
              + "|training\\.distance\\.model");

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
