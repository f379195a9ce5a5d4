package dev.recal.graphs.detection.found;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.detection.Conventions;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObjectDrawingTest {

  @Test
  void smallPicturesAreEnlargedWithTheirObjects() {
    BufferedImage small = new BufferedImage(100, 80, BufferedImage.TYPE_INT_RGB);
    float[] mask = new float[28 * 28];
    Arrays.fill(mask, 1);
    // The pixels from 40 to 59 and from 30 to 49, in both conventions.
    FoundObject inclusive =
        new FoundObject(new float[] {40, 30, 59, 49}, 1, 0.9f, Optional.of(mask));
    FoundObject exclusive =
        new FoundObject(new float[] {40, 30, 60, 50}, 1, 0.9f, Optional.of(mask));
    BufferedImage first = drawing(Conventions.LEGACY).drawn(small, List.of(inclusive));
    BufferedImage second = drawing(Conventions.PLAIN).drawn(small, List.of(exclusive));
    for (BufferedImage drawn : List.of(first, second)) {
      assertThat(drawn.getWidth()).isEqualTo(500);
      assertThat(drawn.getHeight()).isEqualTo(400);
      int tinted = drawn.getRGB(250, 200);
      assertThat(tinted).isNotEqualTo(small.getRGB(50, 40));
      assertThat(drawn.getRGB(296, 246)).isEqualTo(tinted);
      assertThat(drawn.getRGB(302, 252)).isEqualTo(small.getRGB(60, 50));
    }
    assertThat(small.getRGB(50, 40) & 0xFFFFFF).isZero();
  }

  @Test
  void largePicturesKeepTheirSize() {
    BufferedImage large = new BufferedImage(300, 201, BufferedImage.TYPE_INT_RGB);
    BufferedImage drawn = drawing(Conventions.PLAIN).drawn(large, List.of());
    assertThat(drawn.getWidth()).isEqualTo(300);
    assertThat(drawn.getHeight()).isEqualTo(201);
  }

  private static ObjectDrawing drawing(Conventions conventions) {
    return new ObjectDrawing(conventions, List.of("cat"));
  }
}
