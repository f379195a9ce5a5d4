package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class AnchorGridTest {

  @Test
  void firstCellsEqualThoseOfTheLibraries() {
    assertCell(
        AnchorGrid.proposals(Conventions.LEGACY, 4),
        new float[] {-21, -9, 24, 12, -14, -14, 17, 17, -9, -21, 12, 24});
    assertCell(
        AnchorGrid.proposals(Conventions.LEGACY, 8),
        new float[] {-41, -19, 48, 26, -28, -28, 35, 35, -19, -41, 26, 48});
    assertCell(
        AnchorGrid.proposals(Conventions.TORCHVISION, 4),
        new float[] {-23, -11, 23, 11, -16, -16, 16, 16, -11, -23, 11, 23});
    assertCell(
        AnchorGrid.proposals(Conventions.PLAIN, 4),
        new float[] {
          -22.6274f, -11.3137f, 22.6274f, 11.3137f, -16, -16, 16, 16, -11.3137f, -22.6274f,
          11.3137f, 22.6274f
        });
  }

  private static void assertCell(AnchorGrid grid, float[] expected) {
    assertThat(grid.firstCell()).hasSize(grid.perCell());
    for (int i = 0; i < grid.perCell(); i++) {
      for (int j = 0; j < 4; j++) {
        assertThat(grid.firstCell().get(i)[j]).isCloseTo(expected[4 * i + j], within(1e-4f));
      }
    }
  }

  @Test
  void sizesOfRetinaNetEqualTheirTable() {
    assertThat(AnchorGrid.retina(Conventions.TORCHVISION, 8).sizes())
        .containsExactly(32., 40., 50.);
    assertThat(AnchorGrid.retina(Conventions.TORCHVISION, 128).sizes())
        .containsExactly(512., 645., 812.);
    assertThat(AnchorGrid.retina(Conventions.PLAIN, 8).sizes().get(1))
        .isCloseTo(40.317, within(1e-3));
    assertThat(AnchorGrid.retina(Conventions.LEGACY, 16).perCell()).isEqualTo(9);
  }

  @Test
  void cellsAreInTheOrderOfRowsColumnsAndAnchors() {
    AnchorGrid grid = new AnchorGrid(Conventions.TORCHVISION, 8, List.of(16., 32.), List.of(1.));
    Evaluated run =
        Evaluated.of(
            e -> {
              float[] map = new float[2 * 3];
              Operand<TFloat32> known = e.feed(Shape.of(1, 2, 3, 1), Shape.of(1, 2, 3, 1), map);
              Operand<TFloat32> any = e.feed(Shape.of(-1, -1, -1, 1), Shape.of(1, 2, 3, 1), map);
              Operand<TFloat32> anchors = grid.build(e.tf(), known);
              assertThat(anchors.shape()).isEqualTo(Shape.of(12, 4));
              assertThat(grid.build(e.tf(), any).shape()).hasToString("[-1, 4]");
              return List.of(anchors, grid.build(e.tf(), any));
            });
    float[] anchors = run.floats(0);
    assertThat(run.floats(1)).containsExactly(anchors);
    int at = 0;
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        for (int half : new int[] {8, 16}) {
          assertThat(anchors[at++]).isEqualTo(8 * column - half);
          assertThat(anchors[at++]).isEqualTo(8 * row - half);
          assertThat(anchors[at++]).isEqualTo(8 * column + half);
          assertThat(anchors[at++]).isEqualTo(8 * row + half);
        }
      }
    }
  }

  @Test
  void invalidSettingsAreNamed() {
    assertThatThrownBy(() -> new AnchorGrid(Conventions.PLAIN, 8, List.of(), List.of(1.)))
        .hasMessage("sizes: expected at least one size, but got [].");
    assertThatThrownBy(() -> new AnchorGrid(Conventions.PLAIN, 8, List.of(8.), List.of(-1.)))
        .hasMessage("ratios: expected a positive number, but got -1.0.");
  }
}
