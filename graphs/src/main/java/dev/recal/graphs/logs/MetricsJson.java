package dev.recal.graphs.logs;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The lines of a metrics file as JSON objects, both ways.
 *
 * <p>JSON has no NaN and no infinity: such a value is written as {@code null} with its name in a
 * second field, {@code "loss": null, "loss_text": "NaN"}.
 */
final class MetricsJson {
  static final String KIND = "kind";
  static final String STEP = "step";
  static final String RUN = "run";
  static final String EVALUATION = "evaluation";
  static final String MESSAGE = "message";
  static final String STAGE_FIRST_STEP = "stage_first_step";
  static final String TOTAL_STEPS = "total_steps";
  static final String RUN_STEPS = "run_steps";
  private static final String EXTRAS = "extras";
  private static final String TEXT = "_text";

  private MetricsJson() {}

  static JsonObject of(RunInfo run) {
    JsonObject line = line(RUN, run.startStep());
    line.addProperty("name", run.name());
    line.addProperty(TOTAL_STEPS, run.totalSteps());
    line.addProperty("steps_per_epoch", run.stepsPerEpoch());
    line.addProperty("batch_size", run.batchSize());
    line.add("settings", settings(run.settings()));
    StageInfo stage = run.stage();
    if (!stage.isOnly()) {
      line.addProperty("stage", stage.number());
      line.addProperty("stages", stage.count());
      line.addProperty("stage_title", stage.title());
      line.addProperty(STAGE_FIRST_STEP, stage.firstStep());
      line.addProperty(RUN_STEPS, stage.runSteps());
    }
    return line;
  }

  static JsonObject settings(Map<String, String> settings) {
    JsonObject json = new JsonObject();
    settings.forEach(json::addProperty);
    return json;
  }

  static JsonObject of(StepReport report) {
    JsonObject line = line(STEP, report.step());
    line.addProperty("epoch", report.epoch());
    line.addProperty("steps_per_epoch", report.stepsPerEpoch());
    line.addProperty(TOTAL_STEPS, report.totalSteps());
    put(line, "loss", report.loss());
    put(line, "accuracy", report.accuracy());
    put(line, "learning_rate", report.learningRate());
    put(line, "images_per_second", report.imagesPerSecond());
    put(line, "seconds", report.seconds());
    put(line, report.extras());
    return line;
  }

  static JsonObject of(EvaluationReport report) {
    JsonObject line = line(EVALUATION, report.step());
    line.addProperty("name", report.name());
    line.addProperty("images", report.images());
    put(line, "loss", report.loss());
    put(line, "top1", report.top1());
    put(line, "top5", report.top5());
    put(line, "seconds", report.seconds());
    put(line, report.extras());
    return line;
  }

  static JsonObject message(long step, String text) {
    JsonObject line = line(MESSAGE, step);
    line.addProperty("text", text);
    return line;
  }

  private static JsonObject line(String kind, long step) {
    JsonObject line = new JsonObject();
    line.addProperty(KIND, kind);
    line.addProperty("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    line.addProperty(STEP, step);
    return line;
  }

  private static void put(JsonObject line, SortedMap<String, Double> extras) {
    if (!extras.isEmpty()) {
      JsonObject values = new JsonObject();
      extras.forEach((name, value) -> put(values, name, value));
      line.add(EXTRAS, values);
    }
  }

  private static void put(JsonObject line, String name, OptionalDouble value) {
    value.ifPresent(present -> put(line, name, present));
  }

  private static void put(JsonObject line, String name, double value) {
    if (Double.isFinite(value)) {
      line.addProperty(name, value);
    } else {
      line.add(name, JsonNull.INSTANCE);
      line.addProperty(name + TEXT, Double.toString(value));
    }
  }

  static StepReport step(JsonObject line) {
    return new StepReport(
        line.get(STEP).getAsLong(),
        line.get("epoch").getAsLong(),
        line.get("steps_per_epoch").getAsLong(),
        line.get(TOTAL_STEPS).getAsLong(),
        number(line, "loss"),
        optional(line, "accuracy"),
        number(line, "learning_rate"),
        number(line, "images_per_second"),
        number(line, "seconds"),
        extras(line));
  }

  static EvaluationReport evaluation(JsonObject line) {
    return new EvaluationReport(
        line.get(STEP).getAsLong(),
        line.get("name").getAsString(),
        line.get("images").getAsLong(),
        optional(line, "loss"),
        optional(line, "top1"),
        optional(line, "top5"),
        number(line, "seconds"),
        extras(line));
  }

  private static SortedMap<String, Double> extras(JsonObject line) {
    SortedMap<String, Double> extras = new TreeMap<>();
    if (line.has(EXTRAS)) {
      JsonObject values = line.getAsJsonObject(EXTRAS);
      for (String name : values.keySet()) {
        boolean textOfAnother =
            name.endsWith(TEXT)
                && values.has(name.substring(0, name.length() - TEXT.length()))
                && values.get(name).getAsJsonPrimitive().isString();
        if (!textOfAnother) {
          extras.put(name, number(values, name));
        }
      }
    }
    return extras;
  }

  private static OptionalDouble optional(JsonObject line, String name) {
    return line.has(name) ? OptionalDouble.of(number(line, name)) : OptionalDouble.empty();
  }

  private static double number(JsonObject line, String name) {
    JsonElement value = line.get(name);
    return value.isJsonNull()
        ? Double.parseDouble(line.get(name + TEXT).getAsString())
        : value.getAsDouble();
  }
}
