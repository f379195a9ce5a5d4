package dev.recal.tools.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoDetections;
import dev.recal.graphs.detection.metrics.CocoEvaluator;
import dev.recal.graphs.detection.metrics.CocoSettings;
import dev.recal.graphs.detection.metrics.Region;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * COCO's evaluation: a directory with {@code annotations.json}, {@code detections.json} and {@code
 * expected.json}, which has the twelve numbers of pycocotools for {@code bbox} and {@code segm}.
 */
final class CocoGolden {

  /** The tolerance of each number. */
  static final double TOLERANCE = 1e-9;

  private static final Map<Region, String> NAMES =
      Map.of(Region.BOXES, "bbox", Region.MASKS, "segm");

  private CocoGolden() {}

  static GoldenResult run(GoldenCase golden) throws IOException {
    Path directory = golden.file();
    Path expected = directory.resolve("expected.json");
    JsonElement json = JsonRecords.parse(TextFiles.read(expected), expected);
    CocoAnnotations annotations = CocoAnnotations.read(directory.resolve("annotations.json"), true);
    CocoDetections detections =
        CocoDetections.read(directory.resolve("detections.json"), annotations, true);
    List<String> problems = new ArrayList<>();
    double worst = 0;
    for (Region region : Region.values()) {
      Map<String, Double> actual =
          CocoEvaluator.evaluate(region, CocoSettings.defaults(), annotations, detections)
              .numbers();
      double[] numbers = expected(json, NAMES.get(region), actual.size(), expected);
      int index = 0;
      for (Map.Entry<String, Double> number : actual.entrySet()) {
        double difference = Math.abs(number.getValue() - numbers[index]);
        worst = Math.max(worst, difference);
        if (!(difference <= TOLERANCE)) {
          problems.add(
              String.format(
                  Locale.ROOT,
                  "%s %s: expected %.12f, but got %.12f.",
                  NAMES.get(region),
                  number.getKey(),
                  numbers[index],
                  number.getValue()));
        }
        index++;
      }
    }
    OptionalDouble none = OptionalDouble.empty();
    return new GoldenResult(
        golden,
        problems.isEmpty() ? GoldenResult.Status.PASSED : GoldenResult.Status.FAILED,
        OptionalDouble.of(worst),
        none,
        none,
        problems);
  }

  private static double[] expected(JsonElement json, String name, int count, Path file)
      throws IOException {
    if (json.isJsonObject()
        && json.getAsJsonObject().get(name) instanceof JsonArray numbers
        && numbers.size() == count
        && numbers.asList().stream().allMatch(n -> n instanceof JsonPrimitive p && p.isNumber())) {
      return numbers.asList().stream().mapToDouble(JsonElement::getAsDouble).toArray();
    }
    throw new IOException(
        "File " + file + ": " + name + ": expected a list of " + count + " numbers.");
  }
}
