package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

class AssignerTest {

  private static final int ANCHORS = 200;
  private static final int TRUTHS = 6;

  @ParameterizedTest
  @EnumSource(Assigner.LowQuality.class)
  void equalsALoop(Assigner.LowQuality lowQuality) {
    Random random = new Random(21);
    float[] anchors = Evaluated.randomBoxes(random, ANCHORS, 60, 60);
    float[] truths = Evaluated.randomBoxes(random, TRUTHS + 2, 60, 60);
    // Two truths that share their best anchors, and anchors that tie.
    System.arraycopy(truths, 0, truths, 4, 4);
    System.arraycopy(anchors, 0, anchors, 40, 12);
    boolean[] included = new boolean[ANCHORS];
    for (int i = 0; i < ANCHORS; i++) {
      included[i] = random.nextInt(8) > 0;
    }
    Assigner assigner = new Assigner(Conventions.LEGACY, 0.3f, 0.1f, lowQuality, 0.05f);

    Evaluated run =
        Evaluated.of(
            e -> {
              Ops tf = e.tf();
              Operand<TBool> mask = tf.constant(included);
              Operand<TFloat32> padded = tf.expandDims(e.boxes(truths), tf.constant(0));
              Assigner.Assignment assignment =
                  assigner.build(
                      tf,
                      BoxSet.of(e.boxes(anchors), mask),
                      BoxSet.first(tf, padded, tf.constant(new int[] {TRUTHS})));
              assertThat(assignment.labels().shape()).isEqualTo(Shape.of(1, ANCHORS));
              return List.of(assignment.labels(), assignment.truths(), assignment.overlaps());
            });

    int[][] expected = loop(assigner, anchors, included, truths);
    assertThat(run.ints(0)).containsExactly(expected[0]);
    int positives = 0;
    for (int i = 0; i < ANCHORS; i++) {
      if (expected[0][i] == 1) {
        positives++;
        assertThat(run.ints(1)[i]).as("anchor %d", i).isEqualTo(expected[1][i]);
      }
      assertThat(run.ints(1)[i]).isBetween(0, TRUTHS - 1);
      assertThat(run.floats(2)[i]).isBetween(0f, 1f);
    }
    assertThat(positives).isBetween(3, ANCHORS / 2);
  }

  private static int[][] loop(
      Assigner assigner, float[] anchors, boolean[] included, float[] truths) {
    float[][] overlaps = new float[ANCHORS][TRUTHS];
    int[] labels = new int[ANCHORS];
    int[] best = new int[ANCHORS];
    for (int a = 0; a < ANCHORS; a++) {
      for (int g = 0; g < TRUTHS; g++) {
        overlaps[a][g] =
            (float) ConventionsTest.overlap(assigner.conventions(), anchors, a, truths, g);
        best[a] = overlaps[a][g] > overlaps[a][best[a]] ? g : best[a];
      }
      float largest = overlaps[a][best[a]];
      labels[a] = largest >= assigner.positive() ? 1 : largest < assigner.negative() ? 0 : -1;
      labels[a] = included[a] ? labels[a] : -1;
    }
    int[] assigned = best.clone();
    for (int g = 0; g < TRUTHS && assigner.lowQuality() != Assigner.LowQuality.NONE; g++) {
      float most = 0;
      for (int a = 0; a < ANCHORS; a++) {
        most = included[a] ? Math.max(most, overlaps[a][g]) : most;
      }
      for (int a = 0; a < ANCHORS; a++) {
        // The graph's numbers are float32: those that tie there differ in the last digits here.
        if (included[a] && most >= assigner.minimum() && Math.abs(overlaps[a][g] - most) < 1e-6) {
          labels[a] = 1;
          assigned[a] = assigner.lowQuality() == Assigner.LowQuality.LAST_TRUTH ? g : assigned[a];
        }
      }
    }
    return new int[][] {labels, assigned};
  }

  @Test
  void lastTruthOrOwnBestIsAssignedToASharedAnchor() {
    // The only anchor near the first truth overlaps the second one more, and is the best of both.
    float[] anchors = {0, 0, 10, 10, 50, 50, 60, 60};
    float[] truths = {1, 0, 11, 10, 7, 0, 17, 10};
    int[] last = assign(Assigner.LowQuality.LAST_TRUTH, anchors, truths).ints(1);
    int[] own = assign(Assigner.LowQuality.OWN_BEST, anchors, truths).ints(1);
    assertThat(last).containsExactly(1, 0);
    assertThat(own).containsExactly(0, 0);
  }

  @Test
  void withoutTruthsAllAreNegative() {
    float[] anchors = {0, 0, 10, 10, 50, 50, 60, 60};
    for (Assigner.LowQuality lowQuality : Assigner.LowQuality.values()) {
      Evaluated run = assign(lowQuality, anchors, new float[0]);
      assertThat(run.ints(0)).containsExactly(0, 0);
      assertThat(run.ints(1)).containsExactly(0, 0);
      assertThat(run.floats(2)).containsExactly(0, 0);
    }
    // A truth that overlaps nothing takes nothing, although all share its best overlap.
    Evaluated far =
        assign(Assigner.LowQuality.OWN_BEST, anchors, new float[] {90, 90, 99, Float.NaN});
    assertThat(far.ints(0)).containsExactly(0, 0);
  }

  private static Evaluated assign(Assigner.LowQuality lowQuality, float[] anchors, float[] truths) {
    Assigner assigner = new Assigner(Conventions.PLAIN, 0.9f, 0.1f, lowQuality, 0);
    return Evaluated.of(
        e -> {
          Operand<TFloat32> any = e.feed(Shape.of(-1, 4), Shape.of(truths.length / 4, 4), truths);
          Assigner.Assignment assignment =
              assigner.build(e.tf(), BoxSet.of(e.boxes(anchors)), BoxSet.of(any));
          return List.of(assignment.labels(), assignment.truths(), assignment.overlaps());
        });
  }

  @Test
  void invalidSettingsAreNamed() {
    assertThatThrownBy(
            () -> new Assigner(Conventions.PLAIN, 0.3f, 0.7f, Assigner.LowQuality.NONE, 0))
        .hasMessage("negative: expected from 0 to 0.3, but got 0.7.");
  }
}
