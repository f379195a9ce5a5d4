package dev.recal.graphs.classification.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClassificationMetricsTest {
  private static final float NAN = Float.NaN;

  @Test
  void countsLogits() {
    ClassificationMetrics metrics = new ClassificationMetrics(3, 2);
    float[] logits = {
      3, 2, 1, // right
      1, 2, 3, // wrong, in the top 2
      3, 2, 1, // wrong, not in the top 2
      NAN, 0, 0, // undecided
      9, 9, 9, // padding
    };
    metrics.addLogits(logits, new int[] {0, 1, 2, 1, -1}, 0.5);
    metrics.addLogits(new float[] {0, 1, 0}, new int[] {1}, 2.5);
    ClassificationSummary summary = metrics.summary();
    assertThat(summary.images()).isEqualTo(5);
    assertThat(summary.undecided()).isEqualTo(1);
    assertThat(summary.loss()).isCloseTo((4 * 0.5 + 2.5) / 5, within(1e-12));
    assertThat(summary.top1()).isCloseTo(2.0 / 5, within(1e-12));
    assertThat(summary.topK()).isCloseTo(3.0 / 5, within(1e-12));
    assertThat(summary.confusion())
        .isEqualTo(new ConfusionMatrix(3, new long[] {1, 0, 0, 0, 1, 1, 1, 0, 0}));
  }

  @Test
  void equalLogitsAreInTheTopKAndPredictTheFirst() {
    ClassificationMetrics metrics = new ClassificationMetrics(4, 2);
    float[] logits = {5, 1, 1, 1, 5, 1, 1, 1, 1, 1, 1, 1};
    metrics.addLogits(logits, new int[] {3, 0, 3}, 0);
    assertThat(metrics.summary().topK()).isEqualTo(1);
    assertThat(metrics.summary().top1()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(metrics.summary().confusion().count(3, 0)).isEqualTo(2);
  }

  @Test
  void kIsAtMostTheNumberOfClasses() {
    ClassificationMetrics metrics = new ClassificationMetrics(2);
    metrics.addLogits(new float[] {1, 0}, new int[] {1}, 1);
    assertThat(metrics.summary().k()).isEqualTo(2);
    assertThat(metrics.summary().topK()).isEqualTo(1);
  }

  @Test
  void batchFormsAgreeAndMerge() {
    ClassificationMetrics predictions = new ClassificationMetrics(2, 1);
    predictions.addPredictions(new int[] {0, 1, 1, 0, -1}, new int[] {0, 1, 0, -1, 1}, 2, 0.25);
    ClassificationMetrics counts = new ClassificationMetrics(2, 1);
    counts.addCounts(new int[] {1, 0, 1, 1}, 4, 2, 0.25);
    assertThat(counts.summary()).isEqualTo(predictions.summary());
    counts.merge(predictions);
    assertThat(counts.summary().images()).isEqualTo(8);
    assertThat(counts.summary().undecided()).isEqualTo(2);
    assertThat(counts.summary().top1()).isEqualTo(0.5);
    assertThat(counts.summary().loss()).isEqualTo(0.25);
  }

  @Test
  void paddingOnlyBatchIsIgnored() {
    ClassificationMetrics metrics = new ClassificationMetrics(2, 1);
    metrics.addPredictions(new int[] {-1, -1}, new int[] {0, 1}, 0, Double.NaN);
    assertThat(metrics.summary().images()).isZero();
    assertThat(metrics.summary().top1()).isNaN();
    metrics.addPredictions(new int[] {1}, new int[] {1}, 1, 0.5);
    assertThat(metrics.summary().loss()).isEqualTo(0.5);
  }

  @Test
  void aRefusedBatchChangesNothing() {
    ClassificationMetrics metrics = new ClassificationMetrics(2, 1);
    assertThatThrownBy(() -> metrics.addPredictions(new int[] {0, 2}, new int[] {0, 0}, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels: expected less than the number of classes, 2, but got 2.");
    assertThatThrownBy(() -> metrics.addPredictions(new int[] {0}, new int[] {2}, 0, 0))
        .hasMessage("predictions: expected from -1 to 1, but got 2.");
    assertThatThrownBy(() -> metrics.addCounts(new int[] {1, 0, 0, 1}, 1, 0, 0))
        .hasMessage("batchImages: expected at least the sum of counts, 2, but got 1.");
    assertThatThrownBy(() -> metrics.addCounts(new int[] {1, 0, 0, 1}, 2, 3, 0))
        .hasMessage("batchInTopK: expected from 0 to the batch's 2 images, but got 3.");
    assertThatThrownBy(() -> metrics.addLogits(new float[3], new int[2], 0))
        .hasMessage("logits: expected 2×2 values, but got 3.");
    assertThat(metrics.summary().images()).isZero();
    assertThat(metrics.summary().confusion().total()).isZero();
  }
}
