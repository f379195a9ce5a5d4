package dev.recal.graphs.data.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
