package dev.recal.models.pruning;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.network.NetworkFamily;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Study;
import dev.recal.graphs.task.StudyVariation;
import dev.recal.graphs.task.TrialResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The trained networks that a pruning study compares. Runs whose recipes differ in name and seed
 * only are one network.
 *
 * @param networks the paths of each network's runs, by its name
 * @param skipped the names of a study's variations without gates
 */
public record PruningSources(Map<String, List<Path>> networks, List<String> skipped) {

  /** Copies both. */
  public PruningSources {
    networks = new LinkedHashMap<>(networks);
    skipped = List.copyOf(skipped);
  }

  /**
   * Finds them.
   *
   * @param paths of runs, studies, SavedModels and imported weights
   * @throws IOException if recipes cannot be read
   * @throws IllegalArgumentException if a study has no finished run with gates
   */
  public static PruningSources of(List<Path> paths) throws IOException {
    Map<String, List<Path>> networks = new LinkedHashMap<>();
    Map<JsonObject, String> names = new LinkedHashMap<>();
    List<String> skipped = new ArrayList<>();
    for (Path path : paths) {
      if (Study.isAt(path)) {
        addStudy(path, networks, skipped);
      } else {
        String own = free(path.toAbsolutePath().normalize().getFileName().toString(), networks);
        String name =
            RunDirectory.isAt(path)
                ? names.computeIfAbsent(key(RunDirectory.open(path).recipe()), recipe -> own)
                : own;
        networks.computeIfAbsent(name, group -> new ArrayList<>()).add(path);
      }
    }
    return new PruningSources(networks, skipped);
  }

  private static void addStudy(
      Path directory, Map<String, List<Path>> networks, List<String> skipped) throws IOException {
    Study study = Study.read(directory);
    int before = networks.size();
    for (StudyVariation variation : study.variations()) {
      List<Study.Trial> trials = study.trials(variation);
      String own = variation.name().isEmpty() ? study.recipe().name() : variation.name();
      if (hasNoRecalibration(trials.get(0).recipe())) {
        skipped.add(own);
        continue;
      }
      List<Path> runs = new ArrayList<>();
      for (Study.Trial trial : trials) {
        Path run = directory.resolve(trial.name());
        if (TrialResult.isAt(run) && !TrialResult.read(run).diverged()) {
          runs.add(run);
        }
      }
      if (!runs.isEmpty()) {
        networks.put(free(own, networks), runs);
      }
    }
    if (networks.size() == before) {
      throw new IllegalArgumentException(
          "study: expected finished runs of networks with gates, but "
              + directory
              + " has none; 'resume' trains those that are missing.");
    }
  }

  // Other networks without gates are refused when they are measured.
  private static boolean hasNoRecalibration(Recipe recipe) {
    return recipe instanceof ClassificationRecipe classifier
        && classifier.network() instanceof NetworkFamily<?> network
        && network.settings().recalibration().isEmpty();
  }

  private static JsonObject key(Recipe recipe) {
    JsonObject json = RecipeJson.object(recipe);
    json.remove("name");
    if (json.get("training") instanceof JsonObject training) {
      training.remove("seed");
    }
    return json;
  }

  private static String free(String name, Map<String, List<Path>> taken) {
    String candidate = name;
    for (int number = 2; taken.containsKey(candidate); number++) {
      candidate = name + "-" + number;
    }
    return candidate;
  }
}
