package dev.recal.graphs.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class ImageGridTest {

  private static final int WHITE = 0xFFFFFF;

  @Test
  void picturesAreRowMajorRoundedAndClipped() {
    float[] pixels = {
      0, 0.5f, 1, //
      -3, 2, Float.NaN, //
      0.0019f, 0.0021f, 0.999f
    };
    BufferedImage sheet = ImageGrid.of(pixels, 1, 2).image();

    assertThat(sheet.getWidth()).isEqualTo(4);
    assertThat(sheet.getHeight()).isEqualTo(4);
    assertThat(colour(sheet, 0, 0)).isEqualTo(0x0080FF);
    assertThat(colour(sheet, 3, 0)).isEqualTo(0x00FF00);
    assertThat(colour(sheet, 0, 3)).isEqualTo(0x0001FF);
    assertThat(colour(sheet, 1, 0)).isEqualTo(WHITE);
    assertThat(colour(sheet, 3, 3)).isEqualTo(WHITE);
  }

  @Test
  void gridIsAboutSquare() {
    assertThat(ImageGrid.columns(1)).isEqualTo(1);
    assertThat(ImageGrid.columns(16)).isEqualTo(4);
    assertThat(ImageGrid.columns(17)).isEqualTo(5);
  }

  @Test
  void rejectsInvalidGrids() {
    assertThatThrownBy(() -> new ImageGrid(0, 1, 1, 1)).hasMessageContaining("at least 1 each");
    assertThatThrownBy(() -> new ImageGrid(1000, 1000, 256, 256))
        .hasMessageContaining("exceeds the maximum image size");
    assertThatThrownBy(() -> new ImageGrid(1, 2, 1, 1).put(0, 2, new float[3], 0))
        .hasMessageContaining("1 rows and 2 columns");
  }

  private static int colour(BufferedImage sheet, int x, int y) {
    return sheet.getRGB(x, y) & WHITE;
  }
}
