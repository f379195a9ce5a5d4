package dev.recal.graphs.task;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What one run of a {@link Study} achieved at its end. A run with this file is finished.
 *
 * @param trial its name
 * @param cost of the trained network, where its task counts it
 * @param metrics of its last checkpoint, by name; none if the run diverged
 */
public record TrialResult(String trial, Optional<Cost> cost, Map<String, Double> metrics) {

  /** The file of a trial's directory. */
  public static final String FILE = "result.json";

  private static final String TRIAL = "trial";
  private static final String METRICS = "metrics";
  private static final String PARAMETERS = "parameters";
  private static final String MULTIPLY_ADDS = "multiplyAdds";

  /**
   * The cost of a network.
   *
   * @param parameters trainable values
   * @param multiplyAdds of one image
   */
  public record Cost(long parameters, long multiplyAdds) {}

  /** Copies the metrics. */
  public TrialResult {
    Objects.requireNonNull(trial, "trial");
    Objects.requireNonNull(cost, "cost");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** Without cost. */
  public TrialResult(String trial, Map<String, Double> metrics) {
    this(trial, Optional.empty(), metrics);
  }

  /**
   * Measures a run that is finished: its last checkpoint, not the best one, which was chosen by the
   * same images.
   *
   * @throws IOException if checkpoint or data cannot be read
   */
  public static <R extends Recipe> TrialResult measure(
      String trial, RunDirectory<R> run, boolean strict) throws IOException {
    EvaluationRequest request =
        new EvaluationRequest(
            run.checkpoints().all().stream().findFirst(),
            Optional.empty(),
            Optional.empty(),
            strict);
    Map<String, Double> metrics = new LinkedHashMap<>();
    run.task()
        .evaluate(run, request)
        .metrics()
        .forEach((name, value) -> metrics.put(name, value.doubleValue()));
    Optional<Cost> cost =
        run.task()
            .profile(run.recipe())
            .map(profile -> new Cost(profile.parameters(), profile.macs()));
    return new TrialResult(trial, cost, metrics);
  }

  /** Returns whether the run diverged. */
  public boolean diverged() {
    return metrics.isEmpty();
  }

  /** Returns whether a trial's directory holds a result. */
  public static boolean isAt(Path directory) {
    return Files.isRegularFile(directory.resolve(FILE));
  }

  /**
   * Writes it into the trial's directory.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path directory) throws IOException {
    String text =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json()) + "\n";
    AtomicFiles.write(directory.resolve(FILE), text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns it as JSON; a metric that is not finite is null. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty(TRIAL, trial);
    cost.ifPresent(
        count -> {
          json.addProperty(PARAMETERS, count.parameters());
          json.addProperty(MULTIPLY_ADDS, count.multiplyAdds());
        });
    JsonObject values = new JsonObject();
    metrics.forEach(
        (name, value) -> values.addProperty(name, Double.isFinite(value) ? value : null));
    json.add(METRICS, values);
    return json;
  }

  /**
   * Reads it from a trial's directory.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if the file is damaged
   */
  public static TrialResult read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    JsonElement json = JsonRecords.parse(TextFiles.read(file), file);
    return JsonRecords.ofFile(file, () -> of(json));
  }

  private static TrialResult of(JsonElement json) {
    if (!(json instanceof JsonObject object
        && object.get(TRIAL) instanceof JsonPrimitive name
        && object.get(METRICS) instanceof JsonObject values)) {
      throw new IllegalArgumentException("result: expected an object with trial and metrics.");
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    values
        .entrySet()
        .forEach(
            entry ->
                metrics.put(
                    entry.getKey(),
                    entry.getValue() instanceof JsonPrimitive number && number.isNumber()
                        ? number.getAsDouble()
                        : Double.NaN));
    return new TrialResult(name.getAsString(), cost(object), metrics);
  }

  private static Optional<Cost> cost(JsonObject json) {
    return json.get(PARAMETERS) instanceof JsonPrimitive parameters
            && json.get(MULTIPLY_ADDS) instanceof JsonPrimitive products
            && parameters.isNumber()
            && products.isNumber()
        ? Optional.of(new Cost(parameters.getAsLong(), products.getAsLong()))
        : Optional.empty();
  }
}
