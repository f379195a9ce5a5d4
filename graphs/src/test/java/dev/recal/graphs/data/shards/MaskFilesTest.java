package dev.recal.graphs.data.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.targets.Mask;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MaskFilesTest {
  private static final int HEIGHT = 23;
  private static final int WIDTH = 37;

  private final Random random = new Random(3);

  @Test
  void masksSurviveAndOthersReadThem() throws IOException {
    Mask mask = random(0.3);
    for (Mask each :
        List.of(mask, Mask.ofRuns(HEIGHT, WIDTH, HEIGHT * WIDTH), Mask.ofRuns(1, 1, 0, 1))) {
      byte[] file = MaskFiles.encode(each);
      assertThat(MaskFiles.decode(file, each.height(), each.width())).isEqualTo(each);
    }
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(MaskFiles.encode(mask)));
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        assertThat(read.getRaster().getSample(x, y, 0)).isEqualTo(mask.covers(y, x) ? 1 : 0);
      }
    }
  }

  @Test
  void allKindsOfPixelsAreRead() throws IOException {
    Mask mask = random(0.5);
    for (int type :
        new int[] {
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_BYTE_BINARY,
          BufferedImage.TYPE_BYTE_INDEXED,
          BufferedImage.TYPE_USHORT_GRAY,
          BufferedImage.TYPE_INT_RGB,
          BufferedImage.TYPE_INT_ARGB
        }) {
      BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          image.setRGB(x, y, mask.covers(y, x) ? 0xFFFFFFFF : 0xFF000000);
        }
      }
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      ImageIO.write(image, "png", file);
      assertThat(MaskFiles.decode(file.toByteArray(), HEIGHT, WIDTH))
          .as("type %d", type)
          .isEqualTo(mask);
    }
  }

  @Test
  void damagedAndOtherFilesAreRejected() {
    byte[] file = MaskFiles.encode(random(0.3));
    assertThatThrownBy(() -> MaskFiles.decode(file, WIDTH, HEIGHT))
        .hasMessage("mask: expected 37×23 pixels, but got 23×37.");
    for (int length = 0; length < file.length - 12; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> MaskFiles.decode(cut, HEIGHT, WIDTH))
          .as("%d bytes", length)
          .hasMessageStartingWith("mask: expected a PNG file, but got one that ");
    }
    byte[] broken = file.clone();
    Arrays.fill(broken, 45, 60, (byte) 7);
    assertThatThrownBy(() -> MaskFiles.decode(broken, HEIGHT, WIDTH))
        .hasMessage("mask: expected a PNG file, but got a damaged one.");
    for (int i = 0; i < 2000; i++) {
      byte[] changed = file.clone();
      changed[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(MaskFiles.decode(changed, HEIGHT, WIDTH)).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageStartingWith("mask: expected ");
      }
    }
  }

  private Mask random(double share) {
    boolean[] covered = new boolean[HEIGHT * WIDTH];
    for (int i = 0; i < covered.length; i++) {
      covered[i] = random.nextDouble() < share;
    }
    return Mask.ofPixels(HEIGHT, WIDTH, covered);
  }
}
