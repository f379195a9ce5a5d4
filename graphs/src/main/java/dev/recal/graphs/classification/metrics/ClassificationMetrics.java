package dev.recal.graphs.classification.metrics;

import java.util.Locale;

/**
 * Accumulates the metrics of an evaluation over its batches: loss, top-1, top-k and the confusion
 * matrix.
 *
 * <p>A batch is added in one of three forms, the cheapest first: counts ({@link #addCounts}),
 * labels and predictions ({@link #addPredictions}), or logits ({@link #addLogits}). All yield the
 * same metrics. Top-1 is the share of the matrix's diagonal; top-k follows the rule for equal
 * logits of {@link ClassificationOps#numberInTopK}.
 *
 * <p>Not thread-safe; give each its own and {@link #merge} them.
 */
public final class ClassificationMetrics {
  /** The usual k of the second accuracy. */
  public static final int DEFAULT_K = 5;

  private final int classes;
  private final int k;
  private final long[] confusion;
  private long images;
  private long undecided;
  private long inTopK;
  private double lossSum;

  /** Metrics with top-5, or as many as there are classes. */
  public ClassificationMetrics(int classes) {
    this(classes, DEFAULT_K);
  }

  /**
   * Empty metrics.
   *
   * @param classes number of classes
   * @param k of the top-k accuracy, at least 1; limited to {@code classes}
   */
  public ClassificationMetrics(int classes, int k) {
    ConfusionMatrix.checkClasses(classes);
    if (k < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "k: expected at least 1, but got %d.", k));
    }
    this.classes = classes;
    this.k = Math.min(k, classes);
    this.confusion = new long[classes * classes];
  }

  /** The number of classes. */
  public int classes() {
    return classes;
  }

  /** The k of the top-k accuracy, at most the number of classes. */
  public int k() {
    return k;
  }

  /**
   * Adds a batch that the graph counted.
   *
   * @param counts classes² counts, row by row, of {@link ClassificationOps#confusion}
   * @param batchImages images in the batch; those missing in {@code counts} were undecided
   * @param batchInTopK of {@link ClassificationOps#numberInTopK} with this {@link #k()}
   * @param batchLoss mean loss of the batch's images
   */
  public void addCounts(int[] counts, long batchImages, long batchInTopK, double batchLoss) {
    if (counts.length != confusion.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "counts: expected %d×%d = %d values, but got %d.",
              classes,
              classes,
              confusion.length,
              counts.length));
    }
    long counted = 0;
    for (int count : counts) {
      if (count < 0) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "counts: expected at least 0, but got %d.", count));
      }
      counted += count;
    }
    if (counted > batchImages) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "batchImages: expected at least the sum of counts, %d, but got %d.",
              counted,
              batchImages));
    }
    checkInTopK(batchInTopK, batchImages);
    for (int i = 0; i < counts.length; i++) {
      confusion[i] += counts[i];
    }
    add(batchImages, batchImages - counted, batchInTopK, batchLoss);
  }

  /**
   * Adds a batch by its labels and predictions.
   *
   * @param labels one for each row; below zero for padding
   * @param predictions one for each row, of {@link ClassificationOps#predictions}
   * @param batchInTopK of {@link ClassificationOps#numberInTopK} with this {@link #k()}
   * @param batchLoss mean loss of the batch's images
   */
  public void addPredictions(int[] labels, int[] predictions, long batchInTopK, double batchLoss) {
    if (labels.length != predictions.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "labels, predictions: expected the same length, but got %d and %d values.",
              labels.length,
              predictions.length));
    }
    long batchImages = 0;
    for (int i = 0; i < labels.length; i++) {
      checkLabel(labels[i]);
      checkPrediction(predictions[i]);
      batchImages += labels[i] >= 0 ? 1 : 0;
    }
    checkInTopK(batchInTopK, batchImages);
    long batchUndecided = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] >= 0 && predictions[i] >= 0) {
        confusion[labels[i] * classes + predictions[i]]++;
      } else if (labels[i] >= 0) {
        batchUndecided++;
      }
    }
    add(batchImages, batchUndecided, batchInTopK, batchLoss);
  }

  /**
   * Adds a batch by its logits.
   *
   * @param logits row by row, {@code labels.length} times the number of classes
   * @param labels one for each row; below zero for padding
   * @param batchLoss mean loss of the batch's images, NaN when it is not known
   */
  public void addLogits(float[] logits, int[] labels, double batchLoss) {
    if (logits.length != (long) labels.length * classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "logits: expected %d×%d values, but got %d.",
              labels.length,
              classes,
              logits.length));
    }
    int[] predictions = new int[labels.length];
    long batchInTopK = 0;
    for (int row = 0; row < labels.length; row++) {
      checkLabel(labels[row]);
      predictions[row] = prediction(logits, row * classes);
      if (labels[row] >= 0 && predictions[row] >= 0) {
        batchInTopK += larger(logits, row * classes, labels[row]) < k ? 1 : 0;
      }
    }
    addPredictions(labels, predictions, batchInTopK, batchLoss);
  }

  private int prediction(float[] logits, int offset) {
    int best = 0;
    for (int i = 0; i < classes; i++) {
      if (!Float.isFinite(logits[offset + i])) {
        return ClassificationOps.UNDECIDED;
      }
      best = logits[offset + i] > logits[offset + best] ? i : best;
    }
    return best;
  }

  private int larger(float[] logits, int offset, int label) {
    int larger = 0;
    for (int i = 0; i < classes; i++) {
      larger += logits[offset + i] > logits[offset + label] ? 1 : 0;
    }
    return larger;
  }

  private void checkLabel(int label) {
    if (label >= classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "labels: expected less than the number of classes, %d, but got %d.",
              classes,
              label));
    }
  }

  private void checkPrediction(int prediction) {
    if (prediction < ClassificationOps.UNDECIDED || prediction >= classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "predictions: expected from %d to %d, but got %d.",
              ClassificationOps.UNDECIDED,
              classes - 1,
              prediction));
    }
  }

  private static void checkInTopK(long batchInTopK, long batchImages) {
    if (batchInTopK < 0 || batchInTopK > batchImages) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "batchInTopK: expected from 0 to the batch's %d images, but got %d.",
              batchImages,
              batchInTopK));
    }
  }

  private void add(long batchImages, long batchUndecided, long batchInTopK, double batchLoss) {
    if (batchImages == 0) {
      return; // The mean loss of no image is NaN and would spoil the sum.
    }
    images += batchImages;
    undecided += batchUndecided;
    inTopK += batchInTopK;
    lossSum += batchLoss * batchImages;
  }

  /** Adds the counts of another accumulator of the same classes and k. */
  public void merge(ClassificationMetrics other) {
    if (other.classes != classes || other.k != k) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "other: expected %d classes and k = %d, but got %d and k = %d.",
              classes,
              k,
              other.classes,
              other.k));
    }
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] += other.confusion[i];
    }
    images += other.images;
    undecided += other.undecided;
    inTopK += other.inTopK;
    lossSum += other.lossSum;
  }

  /** Returns the current metrics. */
  public ClassificationSummary summary() {
    ConfusionMatrix matrix = new ConfusionMatrix(classes, confusion);
    double count = images;
    return new ClassificationSummary(
        images, undecided, lossSum / count, matrix.correct() / count, inTopK / count, k, matrix);
  }
}
