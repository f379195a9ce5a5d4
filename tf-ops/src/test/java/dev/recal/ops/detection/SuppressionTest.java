package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;

class SuppressionTest {

  private static final int IMAGES = 2;
  private static final int BOXES = 60;
  private static final int CLASSES = 3;

  @ParameterizedTest
  @CsvSource({"LEGACY, 1, 30", "LEGACY, 3, 200", "PLAIN, 1, 30", "TORCHVISION, 3, 30"})
  void bothFormsAreEqual(Conventions conventions, int boxesOfEach, int maximum) {
    Random random = new Random(3);
    float[] boxes = Evaluated.randomBoxes(random, IMAGES * BOXES * boxesOfEach, 40, 60);
    boxes[4 * boxesOfEach] = Float.NaN;
    float[] scores = scores(random);
    scores[7] = Float.POSITIVE_INFINITY;
    ClassWiseNms nms = new ClassWiseNms(conventions, 0.4f, 0.3f, maximum);
    Shape shape = Shape.of(IMAGES, BOXES, boxesOfEach, 4);

    Evaluated batched = run(Suppression.BATCHED, nms, shape, boxes, scores);
    Evaluated each = run(Suppression.PER_IMAGE, nms, shape, boxes, scores);

    requireEqual(batched, each);
    assertThat(each.ints(4)[0]).isBetween(20, Math.min(maximum, 150));
  }

  @ParameterizedTest
  @EnumSource(Suppression.class)
  void aScoreOfEachClassIsTheSameAsAListOfPairs(Suppression form) {
    Random random = new Random(4);
    float[] boxes = Evaluated.randomBoxes(random, IMAGES * BOXES, 40, 60);
    float[] scores = new float[IMAGES * BOXES];
    int[] classes = new int[IMAGES * BOXES];
    float[] ofEach = new float[IMAGES * BOXES * CLASSES];
    Arrays.fill(ofEach, -1);
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextFloat();
      classes[i] = random.nextInt(CLASSES);
      ofEach[i * CLASSES + classes[i]] = scores[i];
    }
    ClassWiseNms nms = new ClassWiseNms(Conventions.PLAIN, 0.4f, 0, 50);
    Evaluated listed =
        Evaluated.of(
            e ->
                fetched(
                    form.build(
                        e.tf(),
                        nms,
                        e.tf().constant(Shape.of(IMAGES, BOXES, 4), DataBuffers.of(boxes)),
                        e.tf().constant(Shape.of(IMAGES, BOXES), DataBuffers.of(scores)),
                        e.tf().constant(Shape.of(IMAGES, BOXES), DataBuffers.of(classes)),
                        CLASSES)));
    requireEqual(listed, run(form, nms, Shape.of(IMAGES, BOXES, 1, 4), boxes, ofEach));
  }

  // Different within a class, and equal to one of each other class.
  private static float[] scores(Random random) {
    float[] scores = new float[IMAGES * BOXES * CLASSES];
    for (int image = 0; image < IMAGES; image++) {
      for (int c = 0; c < CLASSES; c++) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, BOXES).boxed().toList());
        Collections.shuffle(order, random);
        for (int i = 0; i < BOXES; i++) {
          scores[(image * BOXES + i) * CLASSES + c] = order.get(i) / (float) BOXES;
        }
      }
    }
    return scores;
  }

  // Among equal scores, the order may differ, so each list is sorted.
  private static void requireEqual(Evaluated a, Evaluated b) {
    assertThat(a.ints(4)).containsExactly(b.ints(4));
    assertThat(a.ints(1)).containsExactly(b.ints(1));
    assertThat(a.floats(2)).containsExactly(b.floats(2));
    int maximum = a.floats(2).length / IMAGES;
    for (int image = 0; image < IMAGES; image++) {
      double[][] first = rows(a, image, maximum);
      double[][] second = rows(b, image, maximum);
      // The last score may be shared with one that did not fit.
      double last = a.ints(4)[image] == maximum ? first[maximum - 1][0] : -1;
      for (int i = 0; i < maximum; i++) {
        if (first[i][0] > last) {
          assertThat(first[i]).as("row " + i).containsExactly(second[i], Offset.offset(1e-4));
        }
      }
    }
  }

  private static double[][] rows(Evaluated run, int image, int maximum) {
    double[][] rows = new double[maximum][6];
    for (int i = 0; i < maximum; i++) {
      int at = image * maximum + i;
      rows[i][0] = run.floats(2)[at];
      rows[i][1] = run.ints(3)[at];
      for (int j = 0; j < 4; j++) {
        rows[i][2 + j] = run.floats(0)[4 * at + j];
      }
    }
    Arrays.sort(
        rows,
        (a, b) -> {
          int at = Arrays.mismatch(a, b);
          return at < 0 ? 0 : at == 0 ? Double.compare(b[0], a[0]) : Double.compare(a[at], b[at]);
        });
    return rows;
  }

  @Test
  void unknownNumbersOfImagesAndBoxesHaveAStaticOutput() {
    ClassWiseNms nms = new ClassWiseNms(Conventions.LEGACY, 0.5f, 0, 4);
    Evaluated run =
        Evaluated.of(
            e -> {
              Suppression.Kept kept =
                  Suppression.BATCHED.build(
                      e.tf(),
                      nms,
                      e.feed(Shape.of(-1, -1, 1, 4), Shape.of(1, 1, 1, 4), 1, 2, 3, 4),
                      e.feed(Shape.of(-1, -1, 2), Shape.of(1, 1, 2), 0, 0.5f));
              assertThat(kept.boxes().boxes().shape().asArray()).containsExactly(-1, 4, 4);
              assertThat(kept.scores().shape().asArray()).containsExactly(-1, 4);
              return fetched(kept);
            });
    assertThat(run.floats(0)).startsWith(1, 2, 3, 4, 0, 0, 0, 0, 0);
    assertThat(run.floats(2)).containsExactly(0.5f, 0, 0, 0);
    assertThat(run.ints(3)).containsExactly(1, 0, 0, 0);
    assertThat(run.ints(4)).containsExactly(1);
    assertThatThrownBy(
            () ->
                Evaluated.of(
                    e ->
                        fetched(
                            Suppression.PER_IMAGE.build(
                                e.tf(),
                                nms,
                                e.feed(Shape.of(-1, 1, 1, 4), Shape.of(1, 1, 1, 4), 1, 2, 3, 4),
                                e.feed(Shape.of(-1, 1, 1), Shape.of(1, 1, 1), 1)))))
        .hasMessageStartingWith("boxes: expected a known number of images, but got [-1, 1, 1]");
  }

  private static Evaluated run(
      Suppression form, ClassWiseNms nms, Shape shape, float[] boxes, float[] scores) {
    return Evaluated.of(
        e ->
            fetched(
                form.build(
                    e.tf(),
                    nms,
                    e.tf().constant(shape, DataBuffers.of(boxes)),
                    e.tf().constant(Shape.of(IMAGES, BOXES, CLASSES), DataBuffers.of(scores)))));
  }

  private static List<Operand<?>> fetched(Suppression.Kept kept) {
    return List.of(
        kept.boxes().boxes(),
        kept.boxes().included().orElseThrow(),
        kept.scores(),
        kept.classes(),
        kept.counts());
  }
}
