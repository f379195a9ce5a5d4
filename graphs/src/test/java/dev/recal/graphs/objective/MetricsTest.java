package dev.recal.graphs.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Metrics compared with scikit-learn's values of the same numbers. */
class MetricsTest {

  private static final Offset<Double> EXACT = within(1e-6);

  // Two classes with equal probabilities.
  private static final float[][] PROBABILITIES = {
    {0.9f, 0.1f, 0.5f}, {0.8f, 0.6f, 0.5f}, {0.8f, 0.3f, 0.2f}, {0.4f, 0.6f, 0.9f},
    {0.3f, 0.2f, 0.5f}, {0.1f, 0.95f, 0.4f}, {0.7f, 0.55f, 0.3f}, {0.2f, 0.45f, 0.1f}
  };
  private static final float[][] CLASSES = {
    {1, 0, 1}, {0, 1, 1}, {1, 0, 0}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 1, 1}, {0, 0, 0}
  };
  private static final float[][] NUMBERS = {
    {31, 70.5f}, {54, 80}, {22, 65}, {40, 71}, {35, 90.25f}
  };
  private static final float[][] ANSWERS = {{30, 72}, {50, 85.5f}, {28, 60}, {41, 70}, {30, 88}};

  /** Runs a metric in a graph. */
  private static MetricRows rows(Metric metric, float[][] outputs, float[][] targets) {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.inference());
      var rows =
          metric.rows(context, context.tf().constant(outputs), context.tf().constant(targets));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(rows).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] values = new float[(int) tensor.size()];
        tensor.copyTo(DataBuffers.of(values));
        MetricRows all = new MetricRows((int) rows.shape().get(1));
        all.add(values);
        return all;
      }
    }
  }

  private static float[][] logits(float[][] probabilities) {
    float[][] logits = new float[probabilities.length][];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = new float[probabilities[i].length];
      for (int j = 0; j < logits[i].length; j++) {
        logits[i][j] = (float) Math.log(probabilities[i][j] / (1.0 - probabilities[i][j]));
      }
    }
    return logits;
  }

  @Test
  void severalClassesEqualScikitLearn() {
    SeveralClassesScores scores = new SeveralClassesScores();
    MetricRows rows = rows(scores, logits(PROBABILITIES), CLASSES);
    double[] precisions = {0.7222222222222222, 0.8055555555555556, 0.7916666666666666};
    double[] f1 = {0.5714285714285714, 0.8571428571428571, 0.75};
    for (int label = 0; label < 3; label++) {
      SeveralClassesScores.OfClass one = SeveralClassesScores.of(rows, label);
      assertThat(one.averagePrecision()).isCloseTo(precisions[label], EXACT);
      assertThat(one.f1()).isCloseTo(f1[label], EXACT);
    }
    List<Double> results = scores.results(rows);
    double[] expected = {0.773148148148148, 0.7272727272727273, 0.7261904761904762, 0.5};
    for (int i = 0; i < expected.length; i++) {
      assertThat(results.get(i)).as(scores.names().get(i)).isCloseTo(expected[i], EXACT);
    }
  }

  @Test
  void classesWithoutImagesAreLeftOut() {
    MetricRows rows = new MetricRows(4);
    rows.add(new float[] {0.9f, 0.2f, 1, 0, 0.1f, 0.7f, 0, 0, Float.NaN, 0.1f, 1, 0});
    assertThat(SeveralClassesScores.of(rows, 1).averagePrecision()).isNaN();
    List<Double> results = new SeveralClassesScores().results(rows);
    // NaN comes last: one of one, then two of three.
    assertThat(results.get(0)).isCloseTo((1 + 2.0 / 3) / 2, EXACT);
    assertThat(results.get(2)).isCloseTo(2.0 / 3, EXACT);
    assertThat(results.get(3)).isCloseTo(1.0 / 3, EXACT);
  }

  @Test
  void numbersEqualScikitLearn() {
    NumberErrors errors = new NumberErrors();
    MetricRows rows = rows(errors, ANSWERS, NUMBERS);
    double[] expected = {3.225, 3.770190340035886, 0.8487879232954525};
    List<Double> results = errors.results(rows);
    for (int i = 0; i < expected.length; i++) {
      assertThat(results.get(i)).as(errors.names().get(i)).isCloseTo(expected[i], EXACT);
    }
    assertThat(NumberErrors.of(rows, 1).r2()).isCloseTo(0.83834563, EXACT);
  }

  @Test
  void theSameNumberForAllImagesHasNoDetermination() {
    MetricRows rows = new MetricRows(2);
    rows.add(new float[] {1, 5, 2, 5});
    assertThat(new NumberErrors().results(rows)).containsExactly(3.5, Math.sqrt(12.5), Double.NaN);
  }

  @Test
  void calibrationIsTheDifferenceOfEachBin() {
    // Two images at 0.9, one right; one at 0.6, right; log probabilities are logits.
    float[][] logits = new float[][] {log(0.9, 0.1), log(0.1, 0.9), log(0.6, 0.4)};
    float[][] targets = {{1, 0}, {1, 0}, {1, 0}};
    MetricRows rows = rows(new CalibrationError(5), logits, targets);
    assertThat(new CalibrationError(5).results(rows).get(0))
        .isCloseTo((2 * Math.abs(0.5 - 0.9) + Math.abs(1 - 0.6)) / 3, within(1e-5));
    // One bin: the whole accuracy against the mean probability.
    assertThat(new CalibrationError(1).results(rows).get(0))
        .isCloseTo(Math.abs(2.0 / 3 - 0.8), within(1e-5));
  }

  private static float[] log(double first, double second) {
    return new float[] {(float) Math.log(first), (float) Math.log(second)};
  }

  @Test
  void rowsGrowAndAreChecked() {
    MetricRows rows = new MetricRows(2);
    MetricRows other = new MetricRows(2);
    for (int i = 0; i < 100; i++) {
      rows.add(new float[] {i, -i});
      other.add(new float[] {1, 2, 3, 4});
    }
    rows.addAll(other);
    assertThat(rows.count()).isEqualTo(300);
    assertThat(rows.at(99, 1)).isEqualTo(-99);
    assertThat(rows.at(299, 1)).isEqualTo(4);
    assertThat(rows.mean(0)).isCloseTo((4950 + 400) / 300.0, EXACT);
    assertThatThrownBy(() -> rows.add(new float[3])).hasMessageStartingWith("rows: expected");
    assertThatThrownBy(() -> rows.addAll(new MetricRows(1)))
        .hasMessage("other: expected 2 numbers in a row, but got 1.");
  }
}
