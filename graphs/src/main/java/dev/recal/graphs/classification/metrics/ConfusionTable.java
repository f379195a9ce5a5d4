package dev.recal.graphs.classification.metrics;

import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix as text: the whole matrix for up to twenty classes, otherwise the accuracy of
 * each class; and the most frequent confusions.
 */
public final class ConfusionTable {
  private static final int MAX_MATRIX_CLASSES = 20;
  private static final int CONFUSIONS = 10;
  private static final int MAX_HEADER_LENGTH = 10;
  private static final int NAME_WIDTH = 18;

  private ConfusionTable() {}

  /**
   * Renders a matrix.
   *
   * @param names one for each class
   */
  public static String render(ConfusionMatrix matrix, List<String> names) {
    checkNames(matrix, names);
    StringBuilder text = new StringBuilder();
    if (matrix.classes() <= MAX_MATRIX_CLASSES) {
      whole(text, matrix, names);
    } else {
      byClass(text, matrix, names);
    }
    confusions(text, matrix, names);
    return text.toString();
  }

  static void checkNames(ConfusionMatrix matrix, List<String> names) {
    if (names.size() != matrix.classes()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "names: expected one for each of the %d classes, but got %d.",
              matrix.classes(),
              names.size()));
    }
  }

  private static void whole(StringBuilder text, ConfusionMatrix matrix, List<String> names) {
    int longest = names.stream().mapToInt(String::length).max().orElse(0);
    int digits = Long.toString(matrix.total()).length();
    int cell = 1 + Math.max(digits, Math.min(longest, MAX_HEADER_LENGTH));
    StringBuilder heads = new StringBuilder();
    for (String name : names) {
      heads.append(String.format(Locale.ROOT, "%" + cell + "s", truncate(name, cell - 1)));
    }
    line(text, "%-" + NAME_WIDTH + "s%s  accuracy", "label, predicted", heads);
    for (int label = 0; label < matrix.classes(); label++) {
      StringBuilder row = new StringBuilder();
      for (int prediction = 0; prediction < matrix.classes(); prediction++) {
        row.append(String.format(Locale.ROOT, "%" + cell + "d", matrix.count(label, prediction)));
      }
      line(
          text,
          "%-" + NAME_WIDTH + "s%s  %s",
          truncate(names.get(label), NAME_WIDTH - 1),
          row,
          percent(matrix.accuracy(label)));
    }
  }

  private static void byClass(StringBuilder text, ConfusionMatrix matrix, List<String> names) {
    line(text, "%-32s%8s%10s%11s", "class", "images", "accuracy", "precision");
    for (int i = 0; i < matrix.classes(); i++) {
      line(
          text,
          "%-32s%8d%10s%11s",
          truncate(names.get(i), 31),
          matrix.ofLabel(i),
          percent(matrix.accuracy(i)),
          percent(matrix.precision(i)));
    }
  }

  private static void confusions(StringBuilder text, ConfusionMatrix matrix, List<String> names) {
    List<ConfusionMatrix.Confusion> confusions = matrix.topConfusions(CONFUSIONS);
    if (confusions.isEmpty()) {
      return;
    }
    line(text, "most frequent confusions:");
    for (ConfusionMatrix.Confusion confusion : confusions) {
      line(
          text,
          "  %d × %s predicted as %s",
          confusion.count(),
          names.get(confusion.label()),
          names.get(confusion.prediction()));
    }
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  static String truncate(String name, int length) {
    return name.length() <= length ? name : name.substring(0, length - 1) + "…";
  }

  private static void line(StringBuilder text, String pattern, Object... values) {
    text.append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }
}
