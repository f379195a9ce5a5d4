package dev.recal.graphs.detection.training;

import dev.recal.graphs.detection.metrics.CocoResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results of detection for people. */
final class DetectionText {

  private DetectionText() {}

  /** Returns COCO's numbers of boxes and masks, a line each. */
  static List<String> lines(DetectionSummary summary) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT, "%,d images, %,d detections", summary.images(), summary.detections()));
    lines.add("Boxes: " + numbers(summary.boxes().numbers()));
    summary.masks().ifPresent(masks -> lines.add("Masks: " + numbers(masks.numbers())));
    return lines;
  }

  /**
   * Returns AP, AP50 and AP75 of each class, a line each.
   *
   * @param labels the class names in the order of the result's categories
   */
  static List<String> byClass(CocoResult result, List<String> labels) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      Map<String, Double> numbers = result.numbers(result.categories().get(i));
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: AP %s, AP50 %s, AP75 %s",
              labels.get(i),
              number(numbers.get("AP")),
              number(numbers.get("AP50")),
              number(numbers.get("AP75"))));
    }
    return lines;
  }

  private static String numbers(Map<String, Double> numbers) {
    List<String> parts = new ArrayList<>();
    numbers.forEach((name, value) -> parts.add(name + " " + number(value)));
    return String.join(", ", parts);
  }

  private static String number(double value) {
    return value == CocoResult.NONE ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }
}
