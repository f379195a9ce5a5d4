package dev.recal.graphs.classification.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class ClassificationOpsTest {
  private Graph graph;
  private Ops tf;

  @BeforeEach
  void openGraph() {
    graph = new Graph();
    tf = Ops.create(graph);
  }

  @AfterEach
  void closeGraph() {
    graph.close();
  }

  private int[] run(Operand<TInt32> operand) {
    try (Session session = new Session(graph);
        var result = session.runner().fetch(operand).run()) {
      TInt32 tensor = (TInt32) result.get(0);
      int[] values = new int[(int) tensor.size()];
      tensor.copyTo(DataBuffers.of(values));
      return values;
    }
  }

  @Test
  void predictsTheFirstLargestAndNothingForNan() {
    Operand<TFloat32> logits =
        tf.constant(
            new float[][] {
              {1, 3, 2}, {2, 2, 2}, {Float.NaN, 9, 0}, {0, Float.POSITIVE_INFINITY, 0}
            });
    assertThat(run(ClassificationOps.predictions(tf, logits))).containsExactly(1, 0, -1, -1);
  }

  @Test
  void softTargetsUseTheLargestClass() {
    Operand<TFloat32> targets =
        tf.constant(new float[][] {{0.1f, 0.7f, 0.2f}, {0.5f, 0, 0.5f}, {0, 0.4f, 0.6f}});
    assertThat(run(ClassificationOps.hardLabels(tf, targets))).containsExactly(1, 0, 2);
  }

  @Test
  void paddingIsNeverCorrect() {
    Operand<TInt32> labels = tf.constant(new int[] {1, 2, -1, -1});
    Operand<TInt32> predictions = tf.constant(new int[] {1, 0, -1, 0});
    assertThat(run(ClassificationOps.numberCorrect(tf, predictions, labels))).containsExactly(1);
    assertThat(run(ClassificationOps.numberOfImages(tf, labels))).containsExactly(2);
  }

  @Test
  void equalLogitsAtTheBorderAreAllIn() {
    Operand<TFloat32> logits =
        tf.constant(new float[][] {{5, 1, 1, 1}, {5, 4, 1, 0}, {1, 1, 1, 1}, {1, 1, 1, 1}});
    Operand<TInt32> labels = tf.constant(new int[] {3, 2, 2, -1});
    assertThat(run(ClassificationOps.numberInTopK(tf, logits, labels, 2))).containsExactly(2);
    assertThat(run(ClassificationOps.numberInTopK(tf, logits, labels, 1))).containsExactly(1);
    assertThat(run(ClassificationOps.numberInTopK(tf, logits, labels, 99))).containsExactly(3);
  }

  @Test
  void confusionSkipsPaddingUndecidedAndInvalidLabels() {
    Operand<TInt32> labels = tf.constant(new int[] {0, 0, 1, 2, 2, -1, 1, 3});
    Operand<TInt32> predictions = tf.constant(new int[] {0, 1, 1, 0, 0, 2, -1, 0});
    assertThat(run(ClassificationOps.confusion(tf, predictions, labels, 3)))
        .containsExactly(1, 1, 0, 0, 1, 0, 2, 0, 0);
  }

  /** Few values, so that equal logits are frequent; some rows are padding, some not finite. */
  private static float[][] randomLogits(Random random, int rows, int classes) {
    float[][] logits = new float[rows][classes];
    for (float[] row : logits) {
      for (int i = 0; i < classes; i++) {
        row[i] = random.nextInt(6);
      }
      if (random.nextInt(10) == 0) {
        row[random.nextInt(classes)] = random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }

  @Test
  void graphAndJavaCountsAgree() {
    int rows = 200;
    int classes = 7;
    int k = 3;
    Random random = new Random(5);
    float[][] logits = randomLogits(random, rows, classes);
    int[] labels = random.ints(rows, -1, classes).toArray();
    ClassificationMetrics java = new ClassificationMetrics(classes, k);
    float[] flat = new float[rows * classes];
    StdArrays.ndCopyOf(logits).copyTo(DataBuffers.of(flat));
    java.addLogits(flat, labels, 0.5);

    Operand<TFloat32> x = tf.constant(logits);
    Operand<TInt32> y = tf.constant(labels);
    Operand<TInt32> predictions = ClassificationOps.predictions(tf, x);
    int images = run(ClassificationOps.numberOfImages(tf, y))[0];
    int inTopK = run(ClassificationOps.numberInTopK(tf, x, y, k))[0];
    ClassificationMetrics counts = new ClassificationMetrics(classes, k);
    counts.addCounts(
        run(ClassificationOps.confusion(tf, predictions, y, classes)), images, inTopK, 0.5);
    ClassificationMetrics rowsAlone = new ClassificationMetrics(classes, k);
    rowsAlone.addPredictions(labels, run(predictions), inTopK, 0.5);

    assertThat(counts.summary()).isEqualTo(java.summary());
    assertThat(rowsAlone.summary()).isEqualTo(java.summary());
    assertThat(run(ClassificationOps.numberCorrect(tf, predictions, y))[0])
        .isEqualTo((int) java.summary().confusion().correct());
    assertThat(java.summary().undecided()).isPositive();
    assertThat(java.summary().topK()).isGreaterThan(java.summary().top1());
  }

  @Test
  void rejectsUnknownNumberOfClasses() {
    Operand<TFloat32> logits =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, Shape.UNKNOWN_SIZE)));
    assertThatThrownBy(() -> ClassificationOps.predictions(tf, logits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "logits: expected shape [images, classes] with a static number of classes");
    assertThatThrownBy(
            () ->
                ClassificationOps.numberInTopK(
                    tf, tf.constant(new float[1][2]), tf.constant(new int[1]), 0))
        .hasMessage("k: expected at least 1, but got 0.");
  }
}
