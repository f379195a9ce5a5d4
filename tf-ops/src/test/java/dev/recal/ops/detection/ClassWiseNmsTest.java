package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.Shape;

class ClassWiseNmsTest {

  @ParameterizedTest
  @EnumSource(Conventions.class)
  void equalsALoopOverTheClasses(Conventions conventions) {
    Random random = new Random(9);
    int count = 150;
    float[] boxes = Evaluated.randomBoxes(random, count, 40, 60);
    float[] scores = new float[count];
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      // Coarse, so that there are ties.
      scores[i] = random.nextInt(20) / 20f;
      classes[i] = random.nextInt(4);
    }
    ClassWiseNms nms = new ClassWiseNms(conventions, 0.3f, 0.25f, 200);

    List<Integer> expected = loop(nms, boxes, scores, classes);

    Evaluated run = run(nms, boxes, scores, classes);
    assertThat(run.ints(3)).containsExactly(expected.size());
    assertThat(expected).hasSizeBetween(20, 110);
    for (int i = 0; i < 200; i++) {
      boolean valid = i < expected.size();
      assertThat(run.ints(2)[i]).isEqualTo(valid ? 1 : 0);
      assertThat(run.ints(0)[i]).isEqualTo(valid ? expected.get(i) : 0);
      assertThat(run.floats(1)[i]).isEqualTo(valid ? scores[expected.get(i)] : 0);
    }
  }

  private static List<Integer> loop(
      ClassWiseNms nms, float[] boxes, float[] scores, int[] classes) {
    List<Integer> kept = new ArrayList<>();
    IntStream.range(0, scores.length)
        .boxed()
        .filter(i -> scores[i] > nms.minimumScore())
        .sorted(Comparator.comparing(i -> -scores[i]))
        .forEach(
            i -> {
              boolean duplicate =
                  kept.stream()
                      .anyMatch(
                          k ->
                              classes[k] == classes[i]
                                  && ConventionsTest.overlap(nms.conventions(), boxes, k, boxes, i)
                                      > nms.overlap());
              if (!duplicate) {
                kept.add(i);
              }
            });
    return kept;
  }

  @Test
  void thresholdsAreStrictAndTheMaximumIsKept() {
    // The second overlaps the first by exactly 0.5.
    float[] boxes = {0, 0, 4, 4, 0, 0, 4, 2, 10, 10, 12, 12, 20, 20, 22, 22};
    float[] scores = {0.9f, 0.8f, 0.7f, 0.5f};
    Evaluated all =
        run(new ClassWiseNms(Conventions.PLAIN, 0.5f, 0.5f, 4), boxes, scores, new int[4]);
    assertThat(all.ints(0)).containsExactly(0, 1, 2, 0);
    assertThat(all.ints(3)).containsExactly(3);
    Evaluated two =
        run(new ClassWiseNms(Conventions.PLAIN, 0.49f, 0, 2), boxes, scores, new int[4]);
    assertThat(two.ints(0)).containsExactly(0, 2);
  }

  @Test
  void noBoxesAndValuesThatAreNotFiniteHaveDefinedResults() {
    ClassWiseNms nms = new ClassWiseNms(Conventions.PLAIN, 0.5f, Float.NEGATIVE_INFINITY, 5);
    float nan = Float.NaN;
    float[] boxes = {0, 0, 4, nan, 0, 0, 4, 4, 0, 0, 4, 4, 0, Float.NEGATIVE_INFINITY, 4, 4};
    Evaluated run = run(nms, boxes, new float[] {0.9f, 0.1f, nan, 0.5f}, new int[] {0, 1, 0, 2});
    assertThat(run.ints(3)).containsExactly(1);
    assertThat(run.ints(0)).containsExactly(1, 0, 0, 0, 0);

    Evaluated none = run(nms, new float[0], new float[0], new int[0]);
    assertThat(none.ints(3)).containsExactly(0);
    assertThat(none.ints(0)).containsOnly(0).hasSize(5);
  }

  @Test
  void invalidSettingsAreNamed() {
    assertThatThrownBy(() -> new ClassWiseNms(Conventions.PLAIN, 2, 0, 5))
        .hasMessage("overlap: expected from 0 to 1, but got 2.0.");
    assertThatThrownBy(() -> new ClassWiseNms(Conventions.PLAIN, 0.5f, 0, 0))
        .hasMessage("maximum: expected at least 1, but got 0.");
  }

  private static Evaluated run(ClassWiseNms nms, float[] boxes, float[] scores, int[] classes) {
    return Evaluated.of(
        e -> {
          ClassWiseNms.Kept kept =
              nms.build(
                  e.tf(),
                  e.feed(Shape.of(-1, 4), Shape.of(scores.length, 4), boxes),
                  e.feed(Shape.of(-1), Shape.of(scores.length), scores),
                  e.tf().constant(classes));
          assertThat(kept.indices().shape()).isEqualTo(Shape.of(nms.maximum()));
          return List.of(kept.indices(), kept.scores(), kept.valid(), kept.count());
        });
  }
}
