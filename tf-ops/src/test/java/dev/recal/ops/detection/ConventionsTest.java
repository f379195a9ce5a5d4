package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

class ConventionsTest {

  @ParameterizedTest
  @EnumSource(Conventions.class)
  void overlapsEqualALoop(Conventions conventions) {
    Random random = new Random(3);
    float[] a = Evaluated.randomBoxes(random, 12, 50, 60);
    float[] b = Evaluated.randomBoxes(random, 7, 50, 60);
    System.arraycopy(a, 0, b, 0, 4);
    a[4] = Float.NaN;
    float[] overlaps =
        Evaluated.of(e -> List.of(conventions.overlaps(e.tf(), e.boxes(a), e.boxes(b)))).floats(0);
    assertThat(overlaps[0]).isCloseTo(1, within(1e-6f));
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 7; j++) {
        double expected = i == 1 ? 0 : overlap(conventions, a, i, b, j);
        assertThat((double) overlaps[i * 7 + j]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  static double overlap(Conventions conventions, float[] a, int i, float[] b, int j) {
    double extra = conventions.inclusive() ? 1 : 0;
    double intersection = 1;
    double first = 1;
    double second = 1;
    for (int axis = 0; axis < 2; axis++) {
      double start = Math.max(a[4 * i + axis], b[4 * j + axis]);
      double end = Math.min(a[4 * i + axis + 2], b[4 * j + axis + 2]);
      intersection *= Math.max(0, end - start + extra);
      first *= a[4 * i + axis + 2] - a[4 * i + axis] + extra;
      second *= b[4 * j + axis + 2] - b[4 * j + axis] + extra;
    }
    double union = first + second - intersection;
    return union == 0 ? 0 : intersection / union;
  }

  @Test
  void emptyBoxesDoNotOverlap() {
    float[] point = {3, 3, 3, 3};
    Evaluated run =
        Evaluated.of(
            e ->
                List.of(
                    Conventions.PLAIN.overlaps(e.tf(), e.boxes(point), e.boxes(point)),
                    Conventions.LEGACY.overlaps(e.tf(), e.boxes(point), e.boxes(point))));
    assertThat(run.floats(0)).containsExactly(0);
    assertThat(run.floats(1)).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(Conventions.class)
  void decodingReversesEncodingForEachClass(Conventions conventions) {
    Random random = new Random(5);
    float[] from = Evaluated.randomBoxes(random, 6, 300, 400);
    float[] to = Evaluated.randomBoxes(random, 6, 300, 400);
    for (int i = 0; i < 6; i++) {
      from[4 * i + 2] += 12;
      from[4 * i + 3] += 12;
      to[4 * i + 2] += 4;
      to[4 * i + 3] += 4;
    }
    DeltaCoding coding =
        new DeltaCoding(conventions, List.of(0.1f, 0f, 0f, -0.2f), List.of(0.1f, 0.1f, 0.2f, 0.2f));
    Evaluated run =
        Evaluated.of(
            e -> {
              Ops tf = e.tf();
              Operand<TFloat32> anchors = tf.expandDims(e.boxes(from), tf.constant(1));
              Operand<TFloat32> boxes = e.boxes(to);
              Operand<TFloat32> twice = tf.stack(List.of(boxes, boxes), Stack.axis(1L));
              Operand<TFloat32> decoded =
                  coding.decode(tf, anchors, coding.encode(tf, anchors, twice));
              assertThat(decoded.shape()).isEqualTo(Shape.of(6, 2, 4));
              return List.of(decoded);
            });
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 8; j++) {
        assertThat(run.floats(0)[8 * i + j]).isCloseTo(to[4 * i + j % 4], within(2e-3f));
      }
    }
  }

  @Test
  void deltasFollowTheirConvention() {
    // The widths are 8 and 16; under the legacy convention 9 and 17.
    float[] from = {0, 0, 8, 8};
    float[] to = {4, 2, 20, 18};
    float[] large = {0, 0, 9, -9};
    Evaluated run =
        Evaluated.of(
            e ->
                List.of(
                    DeltaCoding.of(Conventions.PLAIN, 0.1f, 0.2f)
                        .encode(e.tf(), e.boxes(from), e.boxes(to)),
                    DeltaCoding.unscaled(Conventions.LEGACY)
                        .encode(e.tf(), e.boxes(from), e.boxes(to)),
                    DeltaCoding.unscaled(Conventions.PLAIN)
                        .decode(e.tf(), e.boxes(from), e.boxes(large)),
                    DeltaCoding.unscaled(Conventions.TORCHVISION)
                        .decode(e.tf(), e.boxes(from), e.boxes(large)),
                    DeltaCoding.unscaled(Conventions.PLAIN)
                        .encode(e.tf(), e.boxes(from), e.boxes(0, 0, 0, 0))));
    float log2 = (float) Math.log(2) / 0.2f;
    assertThat(run.floats(0)).containsExactly(new float[] {10, 7.5f, log2, log2}, within(1e-4f));
    float legacy = (float) Math.log(17 / 9.);
    assertThat(run.floats(1))
        .containsExactly(new float[] {8 / 9f, 6 / 9f, legacy, legacy}, within(1e-5f));
    assertThat(run.floats(2))
        .containsExactly(new float[] {-246, 3.936f, 254, 4.064f}, within(1e-3f));
    float tiny = (float) (4 * Math.exp(-9));
    assertThat(run.floats(3))
        .containsExactly(new float[] {-246, 4 - tiny, 254, 4 + tiny}, within(1e-4f));
    assertThat(run.floats(4)[2]).isFinite();
  }

  @Test
  void clippingIsToTheEdgeOrTheLastPixel() {
    float[] boxes = {-3, 5, 90, 70, 2, 3, 20, 19};
    Evaluated run =
        Evaluated.of(
            e -> {
              Operand<TFloat32> size = e.tf().constant(new float[] {20, 40});
              return List.of(
                  Conventions.PLAIN.clip(e.tf(), e.boxes(boxes), size),
                  Conventions.LEGACY.clip(e.tf(), e.boxes(boxes), size),
                  Conventions.LEGACY.inside(e.tf(), e.boxes(boxes), size),
                  Conventions.LEGACY.widths(e.tf(), e.boxes(boxes)),
                  Conventions.PLAIN.heights(e.tf(), e.boxes(boxes)));
            });
    assertThat(run.floats(0)).containsExactly(0, 5, 40, 20, 2, 3, 20, 19);
    assertThat(run.floats(1)).containsExactly(0, 5, 39, 19, 2, 3, 20, 19);
    assertThat(run.ints(2)).containsExactly(0, 1);
    assertThat(run.floats(3)).containsExactly(94, 19);
    assertThat(run.floats(4)).containsExactly(65, 16);
  }

  @Test
  void boxesOfCocoRoundTrip() {
    assertThat(Conventions.LEGACY.corners(2, 3, 10, 20)).containsExactly(2, 3, 11, 22);
    assertThat(Conventions.TORCHVISION.corners(2, 3, 10, 20)).containsExactly(2, 3, 12, 23);
    for (Conventions conventions : Conventions.values()) {
      assertThat(conventions.coco(conventions.corners(2, 3, 10, 20))).containsExactly(2, 3, 10, 20);
    }
  }

  @Test
  void invalidArgumentsAreNamed() {
    assertThatThrownBy(() -> DeltaCoding.of(Conventions.PLAIN, 0, 1))
        .hasMessage("deviations: expected a positive number, but got 0.0.");
    assertThatThrownBy(
            () ->
                Evaluated.of(
                    e -> {
                      Operand<TFloat32> three = e.tf().constant(new float[] {1, 2, 3});
                      return List.of(Conventions.PLAIN.widths(e.tf(), three));
                    }))
        .hasMessage("boxes: expected boxes of shape (..., 4), but got [3].");
  }
}
