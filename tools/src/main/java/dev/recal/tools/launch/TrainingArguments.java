package dev.recal.tools.launch;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.ops.json.JsonRecords;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.RecipeImages;
import dev.recal.tools.run.Recipes;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Reads the command line that workers get, to say how they resume: {@code train RECIPE} becomes
 * {@code resume RUN} once the run is there. It is checked here, so that a usage error is reported
 * once and not by every worker.
 */
public final class TrainingArguments {

  private static final String TRAIN = "train";
  private static final String RESUME = "resume";

  // What the launcher chooses itself.
  private static final Set<String> CLUSTER = Set.of("--cluster", "--task", "--worker-timeout");

  // The run holds the settings and the place of its data.
  private static final Set<String> AT_START = Set.of("--set", "--data");

  private final Map<String, CommandLine> commands;
  private final int workers;

  /**
   * Reads with the definitions of this program's commands.
   *
   * @param commands by name
   * @param workers how many there will be at first
   */
  public TrainingArguments(Map<String, CommandLine> commands, int workers) {
    this.commands = Map.copyOf(commands);
    this.workers = workers;
  }

  /**
   * Returns what the workers are told.
   *
   * @param words {@code train} or {@code resume} with their arguments
   * @throws UsageException if they cannot be right
   * @throws IOException if the recipe or the run cannot be read
   */
  public LaunchedTraining read(List<String> words) throws IOException {
    String name = words.get(0);
    if (!name.equals(TRAIN) && !name.equals(RESUME)) {
      throw new UsageException(
          "TRAINING: expected 'train' or 'resume' with its arguments, but got '" + name + "'.");
    }
    requireNoCluster(words);
    ParseResult parsed = parse(name, words.subList(1, words.size()));
    if (name.equals(RESUME)) {
      Path run = parsed.matchedPositionalValue(0, null);
      return resumed(words, run);
    }
    String place = parsed.matchedPositionalValue(0, null);
    Path resume = parsed.matchedOptionValue("--resume", null);
    boolean images = parsed.hasMatchedOption("--images");
    if ((place == null && !images) == (resume == null)) {
      throw new UsageException(
          "TRAINING: train: expected either RECIPE|RUN, --images PATH or --resume RUN.");
    }
    if (place == null && resume == null) {
      place = images(parsed).orElseThrow().usualRecipe();
    }
    if (resume != null || RunDirectory.isAt(Path.of(place))) {
      Path run = resume != null ? resume : Path.of(place);
      return resumed(resuming(run, parsed, List.of()), run);
    }
    return started(words, place, parsed);
  }

  private static void requireNoCluster(List<String> words) {
    for (String word : words) {
      if (CLUSTER.contains(word.split("=", 2)[0])) {
        throw new UsageException(
            "TRAINING: expected no "
                + word.split("=", 2)[0]
                + ": the launcher chooses the cluster; give --workers and --worker-timeout before"
                + " '--'.");
      }
    }
  }

  private ParseResult parse(String name, List<String> words) {
    try {
      return commands.get(name).parseArgs(words.toArray(String[]::new));
    } catch (ParameterException wrong) {
      throw new UsageException("TRAINING: " + name + ": " + wrong.getMessage());
    }
  }

  private LaunchedTraining resumed(List<String> words, Path run) throws IOException {
    if (!RunDirectory.isAt(run)) {
      throw new FailureException(
          "TRAINING: " + run + " is not a run: it has no " + RunDirectory.RECIPE + ".");
    }
    return new LaunchedTraining(words, words, run, batch(RunDirectory.open(run).recipe()));
  }

  private static Optional<RecipeImages> images(ParseResult parsed) {
    Path images = parsed.matchedOptionValue("--images", null);
    Optional<Path> labels = Optional.ofNullable(parsed.matchedOptionValue("--labels", null));
    Optional<Path> numbers = Optional.ofNullable(parsed.matchedOptionValue("--numbers", null));
    return Optional.ofNullable(images).map(path -> new RecipeImages(path, labels, numbers));
  }

  private LaunchedTraining started(List<String> words, String place, ParseResult parsed)
      throws IOException {
    List<String> own = parsed.matchedOptionValue("--set", List.of());
    List<String> settings = new ArrayList<>();
    Optional<RecipeImages> images = images(parsed);
    if (images.isPresent()) {
      boolean fromWeights = parsed.hasMatchedOption("--weights");
      settings.addAll(images.get().settings(place, own, fromWeights, notice -> {}));
    }
    settings.addAll(own);
    Recipe recipe = Recipes.read(place, settings);
    List<String> first = new ArrayList<>(words);
    Path out = parsed.matchedOptionValue("--out", null);
    if (out == null) {
      // Each worker would look for a free name of its own.
      out = Runs.free(recipe.name());
      first.addAll(List.of("--out", out.toString()));
    }
    Runs.requireNew(out);
    // 'train --smoke' exports to the run's directory; 'resume' does not know why the run is small.
    boolean smoke = parsed.hasMatchedOption("--smoke") && !parsed.hasMatchedOption("--export");
    List<String> more =
        smoke ? List.of("--export", out.resolve("model").toString()) : List.<String>of();
    return new LaunchedTraining(first, resuming(out, parsed, more), out, batch(recipe, parsed));
  }

  // The options that both commands have.
  private List<String> resuming(Path run, ParseResult parsed, List<String> more) {
    List<String> words = new ArrayList<>(List.of(RESUME, run.toString()));
    Map<String, OptionSpec> known = commands.get(RESUME).getCommandSpec().optionsMap();
    for (OptionSpec option : parsed.matchedOptions()) {
      String name = option.longestName();
      if (!known.containsKey(name) || AT_START.contains(name)) {
        continue;
      }
      if (option.arity().max() == 0) {
        words.add(name);
      } else {
        option.originalStringValues().forEach(value -> words.addAll(List.of(name, value)));
      }
    }
    words.addAll(more);
    return words;
  }

  // The recipe's, as 'train' will change it.
  private OptionalInt batch(Recipe recipe, ParseResult parsed) {
    if (parsed.hasMatchedOption("--smoke")) {
      return OptionalInt.empty();
    }
    OptionalInt batch = batch(recipe);
    return batch.isPresent() && parsed.hasMatchedOption("--scale-batch")
        ? OptionalInt.of(Math.multiplyExact(batch.getAsInt(), workers))
        : batch;
  }

  private static OptionalInt batch(Recipe recipe) {
    JsonObject json = JsonRecords.parse(RecipeJson.write(recipe)).getAsJsonObject();
    return Optional.ofNullable(json.get("training"))
        .filter(JsonElement::isJsonObject)
        .map(training -> training.getAsJsonObject().get("batch"))
        .filter(JsonElement::isJsonPrimitive)
        .map(batch -> OptionalInt.of(batch.getAsInt()))
        .orElse(OptionalInt.empty());
  }
}
