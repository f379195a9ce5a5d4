package dev.recal.graphs.data.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.SplitMix64;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskTest {

  @Test
  void runLengthsMatchPixels() {
    SplitMix64 random = new SplitMix64(4);
    for (int trial = 0; trial < 50; trial++) {
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(9);
      boolean[] covered = new boolean[height * width];
      int area = 0;
      for (int i = 0; i < covered.length; i++) {
        covered[i] = random.nextInt(3) == 0;
        area += covered[i] ? 1 : 0;
      }
      Mask mask = Mask.ofPixels(height, width, covered);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          assertThat(mask.covers(y, x)).isEqualTo(covered[y * width + x]);
        }
      }
      assertThat(mask.area()).isEqualTo(area);
      assertThat(Mask.ofRuns(height, width, mask.runs())).isEqualTo(mask);
    }
  }

  /** Expected runs come from pycocotools 2.0. */
  @Test
  void polygonsCoverTheSamePixelsAsCocoTools() {
    assertPolygons(6, 7, new int[] {7, 2, 4, 2, 4, 2, 21}, new double[] {1, 1, 4, 1, 4, 3, 1, 3});
    assertPolygons(
        9,
        11,
        new int[] {9, 1, 9, 2, 7, 4, 6, 5, 4, 6, 3, 5, 5, 3, 6, 2, 7, 1, 14},
        new double[] {1.2, 0.4, 9.7, 3.3, 5.1, 8.6});
    assertPolygons(
        8,
        8,
        new int[] {0, 4, 4, 7, 1, 8, 1, 7, 1, 7, 2, 6, 3, 5, 5, 3},
        new double[] {-2, -3, 5.5, 2.2, 9.9, 7.7, 3, 12});
    assertPolygons(
        10,
        12,
        new int[] {0, 5, 5, 5, 5, 5, 5, 5, 5, 8, 6, 5, 5, 5, 5, 6, 4, 5, 5, 3, 7, 1, 15},
        new double[] {0, 0, 5, 0, 5, 5, 0, 5},
        new double[] {3.5, 3.5, 11, 4, 8.2, 9.9, 4, 8});
    assertPolygons(
        7,
        9,
        new int[] {16, 3, 4, 3, 4, 3, 4, 3, 4, 3, 16},
        new double[] {2, 2, 2, 2, 7, 2, 7, 5, 2, 5});
  }

  private static void assertPolygons(int height, int width, int[] runs, double[]... polygons) {
    assertThat(Mask.ofPolygons(height, width, List.of(polygons)).runs()).containsExactly(runs);
  }

  /** Expected texts, boxes and IoU come from pycocotools 2.0. */
  @Test
  void compressedRunsBoxesAndIouEqualThoseOfCocoTools() {
    Mask a =
        Mask.ofPolygons(130, 150, List.of(new double[] {20.5, 10, 90, 14.2, 80.3, 120.8, 30, 99}));
    Mask b =
        Mask.ofPolygons(
            130,
            150,
            List.of(
                new double[] {60, 40, 140.2, 50, 120, 125.5, 55.1, 110},
                new double[] {5, 5, 12, 5, 12, 40}));
    String textA =
        "de28j3:F9G:F9G:F9G:G8G5K1O00001O001O001O00001O001O010O001O00001O001O00"
            + "1O00001O001O0010O0001O001O001O00001O001O001O001O01O000D<E;E;E;E;E;E;E;"
            + "Eec7";
    String textB =
        "_d02P45K5K5K5K5K5fa5TOb^J?A`0A>A?I70001O01O0001O0000001O01O0001O000000"
            + "1O01O0001O0000001O01O000001O00000010O000001O00000010O000001O00000010O0"
            + "0000001O000001N1L4L4L4M3L4L4L5L3L4L4L4M3L4L4L5L3L4L4MUW1";
    assertThat(a.compressed()).isEqualTo(textA);
    assertThat(b.compressed()).isEqualTo(textB);
    assertThat(Mask.ofCompressed(130, 150, textA)).isEqualTo(a);
    assertThat(Mask.ofCompressed(130, 150, textB)).isEqualTo(b);
    assertThat(a.box()).contains(new Box(10, 21, 120, 90));
    assertThat(b.box()).contains(new Box(5, 5, 125, 140));
    assertThat(a.iou(b, false)).isEqualTo(0.2017701, within(1e-7));
    assertThat(a.iou(b, true)).isEqualTo(0.32707088, within(1e-7));
    assertThat(b.iou(a, true)).isEqualTo(0.34498289, within(1e-7));
    // Large numbers and differences below zero.
    Mask large = Mask.ofRuns(2000, 3000, 0, 5, 2000000, 1, 3000000, 999994);
    assertThat(large.compressed()).isEqualTo("05PTQm1LPb`n0ia`n0");
    assertThat(Mask.ofCompressed(2000, 3000, "05PTQm1LPb`n0ia`n0")).isEqualTo(large);
    Mask empty = Mask.ofRuns(3, 5, 15);
    assertThat(empty.compressed()).isEqualTo("?");
    assertThat(empty.box()).isEmpty();
    assertThat(empty.iou(empty, false)).isZero();
  }

  @Test
  void rejectsDamagedCompressedRuns() {
    assertThatThrownBy(() -> Mask.ofCompressed(2, 3, "5 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("counts: expected characters from '0' to 'o', but got ' ' at index 1.");
    assertThatThrownBy(() -> Mask.ofCompressed(2, 3, "5o"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("counts: expected compressed runs, but the text ends inside of a number.");
    assertThatThrownBy(() -> Mask.ofCompressed(2, 3, "oooooooo1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a number of more than 7 characters before index 7.");
    assertThatThrownBy(() -> Mask.ofCompressed(2, 3, "1M"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but got -3 at index 1.");
    assertThatThrownBy(() -> Mask.ofCompressed(2, 3, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("= 6 pixels, but got 0.");
  }

  @Test
  void rejectsInvalidRunLengthsAndPolygons() {
    assertThatThrownBy(() -> Mask.ofRuns(2, 3, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("runs: expected lengths that add up to 2×3 = 6 pixels, but got 3.");
    assertThatThrownBy(() -> Mask.ofRuns(2, 3, 1, -1, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but got -1 at index 1.");
    assertThatThrownBy(() -> Mask.ofRuns(2, 3, 1, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add up to 6 pixels, but got 9 at index 1.");
    assertThatThrownBy(() -> Mask.ofRuns(0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but got 0×3.");
    assertThatThrownBy(() -> Mask.ofPixels(2, 2, new boolean[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("covered: expected 4 pixels, but got 3.");
    assertThatThrownBy(() -> Mask.ofPolygons(4, 4, List.of(new double[] {0, 0, 1, 1})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("polygon: expected three corners or more as x, y, x, y …, but got 4 numbers.");
    assertThatThrownBy(
            () -> Mask.ofPolygons(4, 4, List.of(new double[] {0, 0, Double.NaN, 1, 2, 2})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but got NaN.");
  }
}
