package dev.recal.graphs.classification.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A confusion matrix: the number of images by label and prediction. Immutable. */
public final class ConfusionMatrix {
  /** The largest number of classes whose square is an int. */
  static final int MAX_CLASSES = 46340;

  private final int classes;
  private final long[] counts;

  /**
   * A matrix of counts.
   *
   * @param classes number of classes
   * @param counts classes² counts, row by row: rows by label, columns by prediction
   */
  public ConfusionMatrix(int classes, long[] counts) {
    checkClasses(classes);
    if (counts.length != classes * classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "counts: expected %d×%d = %d values, but got %d.",
              classes,
              classes,
              classes * classes,
              counts.length));
    }
    if (Arrays.stream(counts).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("counts: expected at least 0, but one is negative.");
    }
    this.classes = classes;
    this.counts = counts.clone();
  }

  static void checkClasses(int classes) {
    if (classes < 1 || classes > MAX_CLASSES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "classes: expected from 1 to %d, but got %d.", MAX_CLASSES, classes));
    }
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Images of a label that got a prediction. */
  public long count(int label, int prediction) {
    checkClass("label", label);
    checkClass("prediction", prediction);
    return counts[label * classes + prediction];
  }

  private void checkClass(String name, int index) {
    if (index < 0 || index >= classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s: expected from 0 to %d, but got %d.", name, classes - 1, index));
    }
  }

  /** Images in the matrix. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /** The number of correct predictions. */
  public long correct() {
    return IntStream.range(0, classes).mapToLong(i -> counts[i * classes + i]).sum();
  }

  /** Images of a label. */
  public long ofLabel(int label) {
    checkClass("label", label);
    return Arrays.stream(counts, label * classes, (label + 1) * classes).sum();
  }

  /** Images that got a prediction. */
  public long ofPrediction(int prediction) {
    checkClass("prediction", prediction);
    return IntStream.range(0, classes).mapToLong(i -> counts[i * classes + prediction]).sum();
  }

  /** The accuracy on a label's images (recall), NaN if the label has none. */
  public double accuracy(int label) {
    return count(label, label) / (double) ofLabel(label);
  }

  /** The share of correct images of a prediction (precision), NaN if there are none. */
  public double precision(int prediction) {
    return count(prediction, prediction) / (double) ofPrediction(prediction);
  }

  /** Mean of {@link #accuracy} over the labels that have images, NaN without any. */
  public double balancedAccuracy() {
    return IntStream.range(0, classes)
        .mapToDouble(this::accuracy)
        .filter(accuracy -> !Double.isNaN(accuracy))
        .average()
        .orElse(Double.NaN);
  }

  /**
   * A label, a wrong prediction, and their count.
   *
   * @param label the true class
   * @param prediction the predicted class
   * @param count images, above zero
   */
  public record Confusion(int label, int prediction, long count) {}

  /** The most frequent confusions, at most {@code limit}, the most frequent first. */
  public List<Confusion> topConfusions(int limit) {
    List<Confusion> confusions = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      for (int prediction = 0; prediction < classes; prediction++) {
        long count = counts[label * classes + prediction];
        if (label != prediction && count > 0) {
          confusions.add(new Confusion(label, prediction, count));
        }
      }
    }
    confusions.sort(Comparator.comparingLong(Confusion::count).reversed());
    return List.copyOf(confusions.subList(0, Math.min(limit, confusions.size())));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix matrix
        && classes == matrix.classes
        && Arrays.equals(counts, matrix.counts);
  }

  @Override
  public int hashCode() {
    return 31 * classes + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "ConfusionMatrix[classes=%d, images=%d, correct=%d]",
        classes,
        total(),
        correct());
  }
}
